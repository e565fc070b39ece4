// The state of all variables at every frame, from the changes that the frames hold.

import { indicesOf } from "./spans.js";

/**
 * Return for every frame: variable -> its value, that of an array with its texts as `cells`.
 * @param {import("./schema.js").Frame[]} frames
 */
export function statesOf(frames) {
  const states = [];
  let state = {};
  for (const frame of frames) {
    state = { ...state };
    for (const [key, change] of Object.entries(frame.set || {})) {
      if (change === 0) delete state[key];
      else state[key] = changed(state[key], change);
    }
    states.push(state);
  }
  return states;
}

function changed(old, change) {
  if (change.i !== undefined) {
    const cells = old.cells.slice(), values = change.c.split(" ");
    indicesOf(change.i).forEach((k, n) => { cells[k] = values[n]; });
    return { d: old.d, cells };
  }
  if (change.c !== undefined) return { d: change.d, cells: change.c.split(" ") };
  if (change.big && !change.big.c) return { ...change, big: { ...change.big, c: old.big.c } }; // the overview stays
  return change;
}

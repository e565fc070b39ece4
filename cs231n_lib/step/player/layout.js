// How wide the two halves of the stepper want to be.

import { sheetOf } from "./shapes.js";

const WINDOW = 8 + 4; // columns of a large array: the window and its overview

/** Return the letters of the longest line of code, but for `def`, which may wrap. */
export function longestLine(fns) {
  return Math.max(...fns.flatMap(({ src }) => src.map((text, n) => (n || src.length < 2 ? text.length : 0))));
}

/** Return the columns of the widest array as it is drawn. */
export function widestArray(states) {
  const shapes = states.flatMap((state) => Object.values(state).map((value) => value.d || null));
  const columns = shapes.map((shape) => (shape ? sheetOf(shape).cols : 0));
  return columns.reduce((most, cols) => Math.max(most, cols > 16 ? WINDOW : cols), 0);
}

/** Share the width: the code gets that of its longest line, as long as the widest array keeps its own. */
export function shareWidth(main, fns, states) {
  main.style.setProperty("--code", `${longestLine(fns) * 7.6 + 70}px`);
  main.style.setProperty("--need", `${widestArray(states) * 56 + 50}px`);
}

// Tabs, one for each sheet of an array of more than two axes.

import { label, make } from "./dom.js";
import { shapeText, slices } from "./shapes.js";
import { hit, spansOf } from "./spans.js";

const MANY = 16; // tabs that are all shown; of more only those near the chosen one
const NEAR = 5;

/** Make the tabs of variable n and return the number of the sheet in view. Where the line works, the tabs follow. */
export function makeTabs(player, box, n, shape, size, wrote, read) {
  const { chosen, data, now, states } = player, step = size.rows * size.cols, frame = data.frames[now];
  const mate = player.mates[n], other = mate === undefined ? undefined : states[now][mate];
  const same = other && shapeText(other.d || []) === shapeText(shape); // a value and its gradient show the same slice
  const isMarked = (k, spans) => hit(spans, k * step, k * step + step - 1);
  const marksOfMate = (part) => (same ? spansOf((frame[part] || {})[mate]) : []);
  let at = chosen[n] || 0;
  if (player.picked < 0) {
    for (const spans of [marksOfMate("r"), marksOfMate("w"), read, wrote]) {
      for (let k = size.n - 1; k >= 0; k--) if (isMarked(k, spans)) at = k;
    }
  }
  chosen[n] = at;
  const strip = make("div", "cs-tabs", box);
  slices(shape).forEach((text, k, all) => {
    if (all.length > MANY && Math.abs(k - at) > NEAR) return;
    const mark = isMarked(k, wrote) ? " w" : isMarked(k, read) ? " r" : "";
    const tab = make("button", (k === at ? "on" : "") + mark, strip, text), name = `${data.vars[n].n}[${text}]`;
    tab.type = "button";
    label(tab, name);
    tab.setAttribute("aria-pressed", k === at);
    tab.onclick = () => {
      chosen[n] = k;
      if (same) chosen[mate] = k;
      player.pick(n, name);
    };
  });
  return at;
}

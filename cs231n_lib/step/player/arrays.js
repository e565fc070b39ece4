// The variables of a frame: single numbers as chips, arrays in boxes, a gradient below its value.

import { drawArray } from "./array.js";
import { label, make, refocus } from "./dom.js";
import { shapeText } from "./shapes.js";
import { drawStretched } from "./stretch.js";
import { minus } from "./table.js";
import { say } from "./words.js";

/** Make the place of the variables; returns a function that shows a frame's. */
export function makeArrays(player, main, live) {
  const place = make("div", "cs-vars", main), chips = make("div", "cs-chips", place);
  const arrays = make("div", "cs-arrays", place), stretched = make("div", "cs-stretch", live);
  player.pick = (n, name) => { // a tab of variable n was clicked
    player.picked = n;
    show(player.data.frames[player.now]);
    player.picked = -1;
    refocus(arrays, "aria-label", name);
  };
  function show(frame) {
    const boxes = {}, state = player.states[player.now];
    chips.textContent = "";
    arrays.textContent = "";
    player.data.vars.forEach((variable, n) => {
      const value = state[n];
      if (!value || variable.f !== frame.f) return;
      if (value.s !== undefined) return addChip(player, chips, n, value.s, frame);
      const above = boxes[player.valueOf[n]];
      if (above) above.classList.add("cs-pair");
      boxes[n] = above || make("div", "cs-box", arrays);
      addArray(player, boxes[n], n, value, frame);
    });
    chips.style.display = chips.firstChild ? "" : "none";
    stretched.textContent = "";
    if (frame.b && !player.waits(frame)) drawStretched(stretched, frame.b);
    live.querySelectorAll(".cs-array").forEach(scrollToWork);
  }
  return show;
}

function addChip(player, chips, n, text, frame) {
  const shown = player.hides(frame, n) ? "?" : minus(text);
  make("span", n in (frame.w || {}) ? "w" : "", chips, `${player.data.vars[n].n} = ${shown}`);
}

function addArray(player, home, n, value, frame) {
  const box = make("div", "cs-array", null), name = make("div", "cs-name", box, player.data.vars[n].n);
  const secret = player.hides(frame, n) && frame.ask.shape;
  home.appendChild(box);
  make("small", "", name, secret ? "(?)" : shapeText(value.d));
  if ((frame.back || []).includes(n)) make("span", "back", name, say("returned"));
  if (secret) make("div", "cs-veil", box, "?");
  else if (value.cells || value.big) drawArray(player, box, n, value, frame);
  else make("small", "", box, say("too_large"));
}

function scrollToWork(box) { // of an array wider than the page, to the cells in question
  if (box.scrollWidth <= box.clientWidth + 1) return;
  const cell = box.querySelector("td.w") || box.querySelector("td.r");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  label(box, box.firstChild.textContent + say("scrolls"));
  if (cell) box.scrollLeft = cell.offsetLeft + cell.offsetWidth - box.clientWidth + 24;
}

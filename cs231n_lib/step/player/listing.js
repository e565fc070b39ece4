// The listing: the code of the function at work, its line lit, each line a button.

import { isCommand, label, make } from "./dom.js";
import { nextFrame } from "./landmarks.js";
import { say } from "./words.js";

/** Take a line of code apart: [indent, code, comment]. */
export function partsOf(text) {
  const mark = text.search(/(^|\s)#[^"']*$/), indent = text.search(/\S|$/);
  const end = mark < 0 ? text.length : Math.max(mark, indent);
  return [text.slice(0, indent), text.slice(indent, end), text.slice(end)];
}

/** Make the listing; returns a function that shows the line of a frame. */
export function makeListing(player, parent) {
  const code = make("div", "cs-code", parent);
  code.setAttribute("role", "group");
  label(code, say("code"));
  code.onkeydown = (event) => walk(code, event);
  let shown = -1, rows = [];
  return (frame) => {
    if (frame.f !== shown) rows = drawFunction(player, code, frame.f);
    shown = frame.f;
    const last = frame.e || frame.l;
    rows.forEach((row, n) => {
      row.classList.toggle("on", n + 1 >= frame.l && n + 1 <= last);
      row.classList.toggle("loop", (frame.h || []).includes(n + 1));
    });
    keepInSight(code, rows[frame.l - 1], rows[last - 1]);
  };
}

function drawFunction(player, code, k) {
  const { fns, frames } = player.data, inside = code.contains(document.activeElement);
  const used = new Set(frames.filter((frame) => frame.f === k).map((frame) => frame.l));
  code.textContent = "";
  if (fns.length > 1) make("strong", "", code, (k ? `${say("inside")} ` : "") + fns[k].name);
  const rows = fns[k].src.map((text, n) => {
    const row = makeRow(code, n + 1, text);
    if (used.has(n + 1)) makeButtonOf(player, row, k, n + 1);
    return row;
  });
  reach(code, code.querySelector(".can"), inside);
  return rows;
}

function makeRow(code, line, text) {
  const row = make("div", "", code), [indent, words, comment] = partsOf(text);
  const more = /^\s*def /.test(text) ? 8 : 2; // of what does not fit across
  make("b", "", row, line);
  make("span", "", row, indent);
  row.style.setProperty("--hang", `calc(${more + 5.6}ch + ${indent.length} * var(--dent))`);
  row.appendChild(document.createTextNode(words));
  if (comment) make("em", "", row, comment);
  return row;
}

function makeButtonOf(player, row, fn, line) {
  row.classList.add("can");
  row.title = say("next_run", { number: line });
  row.setAttribute("role", "button");
  row.tabIndex = -1;
  row.onclick = () => player.leap(nextFrame(player.data.frames, player.now, (f) => f.f === fn && f.l === line));
}

function reach(code, row, focus) { // one line of code is a tab stop; the arrows move it
  if (!row) return;
  code.querySelectorAll(".can").forEach((other) => { other.tabIndex = other === row ? 0 : -1; });
  if (focus) row.focus();
}

function walk(code, event) {
  const all = [...code.querySelectorAll(".can")], at = all.indexOf(event.target);
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (at < 0 || isCommand(event)) return;
  if (way) reach(code, all[Math.max(0, Math.min(all.length - 1, at + way))], true);
  else if (event.key === "Enter" || event.key === " ") event.target.onclick();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function keepInSight(code, first, last) { // scrolls the code, never the page
  if (!first) return;
  const top = first.offsetTop - code.offsetTop, end = last.offsetTop + last.offsetHeight - code.offsetTop;
  const below = end > code.scrollTop + code.clientHeight;
  if (top < code.scrollTop || below) code.scrollTop = top - code.clientHeight / 3;
}

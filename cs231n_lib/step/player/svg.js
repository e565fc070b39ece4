// The graph as SVG text: a box for each array, its value above, its gradient below, and the arrows between them.

import { bendOf, GAP, HEIGHT, placeBoxes } from "./place.js";
import { minus, shade } from "./table.js";
import { say } from "./words.js";

/**
 * Draw a graph, placed for a page of this width.
 * look: frame, its state, the arrows `lit`, hides(n), sheet(n) in view, and `now`, before which arrows are past.
 */
export function graphSvg(graph, vars, look, width) {
  if (graph.width !== width) placeBoxes(graph, width);
  graph.width = width;
  const paths = { ahead: "", past: "", lit: "" }, lit = look.lit.map(String);
  for (const [arrow, t] of graph.first) {
    const name = lit.includes(arrow) ? "lit" : t < look.now ? "past" : "ahead";
    paths[name] += arrowSvg(graph, ...arrow.split(","), name);
  }
  const halves = graph.boxes.flatMap((box) => [box.up, box.low].filter((n) => n !== undefined).map((n) => [n, box]));
  const boxes = halves.map(([n, box]) => halfSvg(graph, vars[n], n, box, look)).join("");
  const told = look.lit.map((ends) => ends.map((n) => vars[n].n).join(` ${say("to")} `)).join(say("names_between"));
  const name = say("lit") + escaped(told || say("none_lit")).replace(/"/g, "&quot;");
  const size = `width="${graph.w}" height="${graph.h}" viewBox="0 0 ${graph.w} ${graph.h}"`;
  return `<svg role="group" aria-label="${name}" ${size}>${paths.ahead}${paths.past}${boxes}${paths.lit}</svg>`;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function arrowSvg(graph, from, to, name) { // a curve between two halves, leaving and arriving along the layers
  const way = Math.sign(graph.of[to].layer - graph.of[from].layer), low = graph.lower[to];
  const bend = 2 * bendOf(graph, from, to) * (low ? 1 : -1);
  const [u, v] = endOf(graph, from, way >= 0), [end, across] = endOf(graph, to, way <= 0), tip = end - 7 * (way || -1);
  const pull = way ? Math.max(Math.abs(end - u) * 0.45, 14) * way : 0.7 * GAP;
  const at = (along, over) => (graph.down ? [over, along] : [along, over]).map((x) => x.toFixed(1)).join(" ");
  const last = `${at(tip - (way ? pull : -pull), across + bend)} ${at(tip, across)}`;
  const curve = `M${at(u, v)}C${at(u + pull, v + bend)} ${last}`;
  const head = `M${at(end, across)}L${at(tip, across - 4)}L${at(tip, across + 4)}Z`;
  return `<path class="${name}${low ? " back" : ""}" d="${curve}"/><path class="tip ${name}" d="${head}"/>`;
}

function endOf(graph, n, far) { // where an arrow meets a half: [along the layers, across them]
  const box = graph.of[n], low = graph.lower[n];
  if (graph.down) return [box.y + (far ? box.h : 0), box.x + graph.box * (low ? 0.66 : 0.34)];
  return [box.x + (far ? graph.box : 0), box.y + (low && box.up !== undefined ? 1.5 : 0.5) * HEIGHT];
}

function halfSvg(graph, variable, n, box, look) {
  const y = box.y + (graph.lower[n] && box.up !== undefined ? HEIGHT : 0), middle = box.x + graph.box / 2;
  const value = look.state[n], { frame } = look, name = variable.n, room = Math.floor(graph.box / 7);
  const kind = n in (frame.w || {}) ? "w" : n in (frame.r || {}) ? "r" : value ? "" : "none";
  const short = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  const one = value && value.cells && value.cells.length === 1 ? value.cells[0] : value && value.s; // no sheet
  const hidden = look.hides(n), isSheet = value && !hidden && one === undefined;
  let inside = "";
  if (!isSheet) inside = `<text class="one" x="${middle}" y="${y + 35}">${hidden ? "?" : one ? minus(one) : ""}</text>`;
  else if (value.cells || value.big) inside = sheetSvg(value, variable.m, look.sheet(n), box.x, y + 17, graph.box);
  const edge = `<rect class="half" x="${box.x}" y="${y}" width="${graph.box}" height="${HEIGHT}" rx="6"/>`;
  const outline = `<title>${escaped(name)}</title>${edge}<text x="${middle}" y="${y + 13}">${escaped(short)}</text>`;
  return `<g class="${kind}" data-v="${n}" role="button" tabindex="0">${outline}${inside}</g>`;
}

function sheetSvg({ d, cells, big }, top, sheet, x, y, wide) { // a small image of the sheet in view
  const shape = big ? big.t : d, texts = big ? big.c.split(" ") : cells;
  const cols = shape[shape.length - 1], rows = shape.length > 1 ? shape[shape.length - 2] : 1;
  const n = Math.min(rows, 12), m = Math.min(cols, 18), s = Math.min(12, (wide - 14) / m, (HEIGHT - 22) / n);
  const offset = big ? 0 : sheet * rows * cols, left = x + (wide - m * s) / 2, upper = y + (HEIGHT - 22 - n * s) / 2;
  let squares = "", cut = "";
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < m; c++) {
      const text = texts[offset + Math.floor((r * rows) / n) * cols + Math.floor((c * cols) / m)];
      const number = text === "T" ? 1 : parseFloat(text) || 0;
      const alpha = big ? Math.abs(number) : number && shade(number, text === "T" ? 1 : top);
      squares += squareSvg(left + c * s, upper + r * s, s, number, alpha);
      if (number < 0) cut += cutSvg(left + c * s, upper + r * s, s);
    }
  }
  return `${squares}<path class="cut" d="${cut}"/>`;
}

function squareSvg(x, y, s, number, alpha) {
  const name = number > 0 ? "p" : number < 0 ? "n" : "z", side = (s - 0.8).toFixed(1);
  const corner = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return `<rect class="${name}" ${corner} width="${side}" height="${side}" fill-opacity="${alpha.toFixed(2)}"/>`;
}

function cutSvg(x, y, s) { // a stroke through a negative number, for paper
  const side = (s - 0.8).toFixed(1);
  return `M${x.toFixed(1)} ${(y + +side).toFixed(1)}l${side} -${side}`;
}

// What each line made from what: boxes, arrows, layers, places, SVG.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { gradients } = await load("landmarks.js");
const { statesOf } = await load("states.js");
const { makeFlow } = await load("flow.js");
const { placeBoxes } = await load("place.js");
const { graphSvg } = await load("svg.js");
const { speak } = await load("words.js");

speak({ lit: "lit: ", none_lit: "nothing", to: "to", names_between: ", " });

// def affine_backward(dout, x, w): n = 2; dx = dout @ w; dw = x * dout
const NAMES = ["dout", "x", "w", "n", "dx", "dw"];
const array = (c) => ({ d: [1, 2], c });
const DATA = {
  fns: [{ name: "affine_backward", src: ["def ..."] }],
  vars: NAMES.map((n) => ({ n, f: 0, m: 4 })),
  frames: [
    { f: 0, l: 1, set: { 0: array("1 -2"), 1: array("3 4"), 2: array("0 1") }, w: { 0: "0-1", 1: "0-1", 2: "0-1" } },
    { f: 0, l: 2, set: { 3: { s: "2" } }, w: { 3: "0" }, r: { 1: "0-1" } },
    { f: 0, l: 3, set: { 4: array("1 1") }, w: { 4: "0-1" }, r: { 0: "0-1", 2: "0-1" } },
    { f: 0, l: 4, set: { 5: array("2 -2") }, w: { 5: "0-1" }, r: { 0: "0-1", 1: "0-1", 2: "0" }, m: { 5: [0, 1] } },
  ],
};

function drawn(data, k, more = {}) {
  const states = statesOf(data.frames), { valueOf } = gradients(data.vars), flow = makeFlow(data, states, valueOf);
  const graph = flow.graphOf(0), frame = data.frames[k], lit = flow.arrowsOf(frame);
  const look = { frame, state: states[k], lit, now: k, hides: () => false, sheet: () => 0, ...more };
  return { graph, lit, svg: (width) => graphSvg(graph, data.vars, look, width) };
}

const namesOf = (arrows) => arrows.map(([a, b]) => `${NAMES[a]} ${NAMES[b]}`);

test("arrows lead from what a line read to what it wrote, counters left out", () => {
  const lit = [0, 1, 2, 3].map((k) => namesOf(drawn(DATA, k).lit));
  assert.deepEqual(lit, [[], [], ["dout dx", "w dx"], ["dout dw", "x dw"]]);
});

test("a gradient shares the box of its value, and what it flows back to stands before it", () => {
  const { graph } = drawn(DATA, 0), layer = Object.fromEntries(NAMES.map((name, n) => [name, graph.of[n]?.layer]));
  assert.equal(graph.of[1], graph.of[4]); // x and dx
  assert.deepEqual(layer, { dout: 1, x: 0, w: 0, n: undefined, dx: 0, dw: 0 });
});

test("a circle is not followed", () => {
  const line = (from, to) => ({ f: 0, w: { [to]: "0" }, r: { [from]: "0" }, set: { [from]: array("1 2") } });
  const frames = [line(0, 1), line(1, 0)];
  const vars = [{ n: "a", f: 0, m: 1 }, { n: "b", f: 0, m: 1 }];
  const { graph } = drawn({ fns: [{ name: "f", src: [""] }], vars, frames }, 0);
  assert.deepEqual(graph.boxes.map((box) => box.layer), [0, 1]);
});

test("layers stand side by side where they fit, else below each other", () => {
  const { graph } = drawn(DATA, 0);
  placeBoxes(graph, 1000);
  assert.equal(graph.down, false);
  assert.ok(graph.of[0].x > graph.of[1].x && graph.w <= 1000);
  placeBoxes(graph, 200);
  assert.equal(graph.down, true);
  assert.ok(graph.of[0].y > graph.of[1].y && graph.w <= 200);
  const { boxes } = graph;
  const apart = (a, b) => a.x + graph.box <= b.x || b.x + graph.box <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
  assert.ok(boxes.every((a) => boxes.every((b) => a === b || apart(a, b))));
});

test("the picture says what is lit, marks what is read and written, and strikes negative numbers through", () => {
  const svg = drawn(DATA, 3).svg(1000);
  assert.match(svg, /aria-label="lit: dout to dw, x to dw"/);
  assert.equal(svg.match(/<path class="lit( back)?"/g).length, 2);
  assert.equal(svg.match(/<path class="past/g).length, 2);
  assert.match(svg, /<g class="w" data-v="5"/);
  assert.equal(svg.match(/<rect class="n"/g).length, 2); // -2 in dout and in dw
  assert.match(drawn(DATA, 0).svg(1000), /aria-label="lit: nothing"/);
});

test("what is asked for is drawn as a question mark", () => {
  const svg = drawn(DATA, 2, { hides: (n) => n === 4 }).svg(1000);
  assert.match(svg, /data-v="4".*?<text class="one"[^>]*>\?<\/text>/);
});

test("names are text", () => {
  const vars = DATA.vars.map((variable, n) => (n === 1 ? { ...variable, n: 'x["<&"]' } : variable));
  const svg = drawn({ ...DATA, vars }, 3).svg(1000);
  assert.match(svg, /x\[&quot;&lt;&amp;&quot;\] to dw/);
  assert.match(svg, /<title>x\["&lt;&amp;"\]<\/title>/);
});

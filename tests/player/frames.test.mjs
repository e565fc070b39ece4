// From frame to frame: states, places to go to, the listing, the words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { statesOf } = await load("states.js");
const { iterations, firstRuns, nextFrame, gradients } = await load("landmarks.js");
const { longestLine, widestArray } = await load("layout.js");
const { partsOf } = await load("listing.js");
const { scoreText } = await load("quiz.js");
const { say, speak } = await load("words.js");

test("states are rebuilt from changes, and nothing given is changed", () => {
  const frames = [
    { set: { 0: { d: [3], c: "1 2 3" }, 1: { s: "5" } } },
    { set: { 0: { i: "0 2", c: "7 8" } } },
    {},
    { set: { 1: 0, 2: { d: [400, 500] } } },
  ];
  const before = JSON.stringify(frames), states = statesOf(frames);
  assert.deepEqual(states.map((state) => state[0].cells.join(" ")), ["1 2 3", "7 2 8", "7 2 8", "7 2 8"]);
  assert.deepEqual(states.map((state) => 1 in state), [true, true, true, false]);
  assert.deepEqual(states[3][2], { d: [400, 500] });
  assert.equal(JSON.stringify(frames), before);
});

test("the overview of a large array stays until it is new", () => {
  const big = (more) => ({ set: { 0: { d: [60, 60], big: { win: [0, 0, 8, 8], ...more } } } });
  const states = statesOf([big({ c: "a" }), big({}), big({ c: "b" })]);
  assert.deepEqual(states.map((state) => state[0].big.c), ["a", "a", "b"]);
});

const FRAMES = [
  { f: 0, l: 1 },
  { f: 0, l: 3, it: "i = 0" },
  { f: 0, l: 4, it: "i = 0" },
  { f: 0, l: 3, it: "i = 1" },
  { f: 1, l: 3 },
  { f: 0, l: 0 },
];

test("iterations begin where the loop variables change", () => {
  assert.deepEqual(iterations(FRAMES), [["i = 0", 1], ["i = 1", 3]]);
});

test("each line of each function has a first run", () => {
  assert.deepEqual(firstRuns(FRAMES).map(([{ f, l }, k]) => [f, l, k]), [[0, 1, 0], [0, 3, 1], [0, 4, 2], [1, 3, 4]]);
});

test("the next frame that fits goes on from the start", () => {
  const line3 = ({ f, l }) => f === 0 && l === 3;
  assert.deepEqual([0, 1, 3].map((now) => nextFrame(FRAMES, now, line3)), [1, 3, 1]);
  assert.equal(nextFrame(FRAMES, 0, ({ l }) => l === 1), 0); // itself, the last
  assert.equal(nextFrame(FRAMES, 0, ({ l }) => l === 9), -1);
});

test("a gradient belongs to the value of its function", () => {
  const vars = [{ f: 0, n: "x" }, { f: 0, n: "dx" }, { f: 1, n: "x" }, { f: 1, n: "dw" }];
  assert.deepEqual(gradients(vars), { valueOf: { 1: 0 }, mates: { 0: 1, 1: 0 } });
});

test("the width of the code leaves out `def`, that of arrays what is not drawn", () => {
  assert.equal(longestLine([{ src: ["def a_long_signature():", "  x = 1"] }, { src: ["f = lambda x: x"] }]), 15);
  assert.equal(widestArray([{ 0: { d: [3, 5] } }, { 0: { d: [3, 99] }, 1: { s: "1" } }]), 12);
  assert.equal(widestArray([{ 0: { d: [3, 5] } }, { 1: { s: "1" } }]), 5);
});

test("a line of code has an indent and a comment", () => {
  assert.deepEqual(partsOf("    x = 1  # one"), ["    ", "x = 1 ", " # one"]);
  assert.deepEqual(partsOf("# all"), ["", "", "# all"]);
  assert.deepEqual(partsOf("    # all"), ["    ", "", "# all"]);
  assert.deepEqual(partsOf('s = "#1"'), ["", 's = "#1"', ""]);
});

test("a sentence is filled in once", () => {
  speak({ predict_line: "{loop} and {number}", score: "{right} of {all}" });
  assert.equal(say("predict_line", { number: 3, loop: "{number}" }), "{number} and 3");
});

test("what was revealed without a guess does not count", () => {
  speak({ score: "{right} of {all}" });
  assert.equal(scoreText([{ guess: "1", right: true }, { guess: "2", right: false }, { guess: undefined }]), "1 of 2");
  assert.equal(scoreText([{ guess: undefined }]), "");
});

// Cells, shapes and numbers: what is computed before anything is drawn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { spansOf, indicesOf, count, hit } = await load("spans.js");
const { shapeText, sheetOf, slices, isSmall, windowAt } = await load("shapes.js");
const { minus, shade, tableHtml } = await load("table.js");
const { isRight } = await load("guess.js");
const { stretchedCells } = await load("stretch.js");

test("spans are read from text", () => {
  assert.deepEqual(spansOf("0-2 5"), [[0, 2], [5, 5]]);
  assert.deepEqual(indicesOf("0-2 5 7-8"), [0, 1, 2, 5, 7, 8]);
  assert.deepEqual([spansOf(""), spansOf(undefined)], [[], []]);
  assert.equal(count(spansOf("0-2 5")), 4);
});

test("a span is hit by any of its indices", () => {
  const spans = spansOf("2-4 7 10-12");
  const marked = Array.from({ length: 14 }, (_, k) => k).filter((k) => hit(spans, k));
  assert.deepEqual(marked, [2, 3, 4, 7, 10, 11, 12]);
  assert.deepEqual([hit(spans, 5, 6), hit(spans, 5, 7), hit(spans, 0, 100), hit([], 0)], [false, true, true, false]);
});

test("shapes are written as in Python", () => {
  assert.deepEqual([[], [3], [2, 3]].map(shapeText), ["()", "(3,)", "(2, 3)"]);
});

test("an array is sheets of rows and columns", () => {
  assert.deepEqual(sheetOf([5]), { rows: 1, cols: 5, n: 1 });
  assert.deepEqual(sheetOf([2, 3, 4, 5]), { rows: 4, cols: 5, n: 6 });
  assert.deepEqual(slices([2, 2, 4, 5]), ["0, 0", "0, 1", "1, 0", "1, 1"]);
  assert.deepEqual(slices([4, 5]), [""]);
  assert.deepEqual([[8, 8], [1, 16], [4, 17], [9, 8]].map((d) => isSmall(sheetOf(d))), [true, true, false, false]);
});

// The same cases stand in tests/test_step_render.py: the key frames show the window that the player shows.
test("the window holds the cell", () => {
  const windows = [[[20, 30], "0"], [[20, 30], "599"], [[100], "50"]];
  assert.deepEqual(windows.map(([d, cells]) => windowAt(spansOf(cells), sheetOf(d), 0)), [
    [0, 0, 8, 8], [12, 22, 8, 8], [0, 47, 1, 12],
  ]);
});

test("the window looks for cells of its own sheet", () => {
  const size = sheetOf([2, 20, 20]);
  assert.deepEqual(windowAt(spansOf("5-6 410"), size, 400), [0, 7, 8, 8]);
  assert.deepEqual(windowAt(spansOf("5-6"), size, 400), [0, 0, 8, 8]); // none: the corner
  assert.deepEqual(windowAt(spansOf("5-450"), size, 400), [0, 0, 8, 8]); // begins before the sheet
});

test("a number is coloured by its size, from .08 to .8", () => {
  assert.deepEqual([0, 2, -4, 9].map((number) => shade(number, 4).toFixed(2)), ["0.08", "0.44", "0.80", "0.80"]);
  assert.equal(shade(3, 0), 0.08);
  assert.equal(minus("-1e-5"), "−1e-5");
});

test("a table numbers rows and columns from its corner and colours by sign", () => {
  const texts = [["1", "-2"], ["0", "nan"]];
  const html = tableHtml([3, 5, 2, 2], false, 2, (r, c) => [texts[r][c], r ? " w" : ""]);
  assert.match(html, /<th>5<\/th><th>6<\/th>.*<th>3<\/th>.*<th>4<\/th>/);
  assert.deepEqual(html.match(/<td.*?<\/td>/g), [
    '<td class=" p" style="--a:0.44">1</td>', '<td class=" n" style="--a:0.80">−2</td>',
    '<td class=" w">0</td>', '<td class=" w x">nan</td>',
  ]);
  assert.match(tableHtml([0, 0, 1, 1], true, 1, () => ["T", ""]), /<td class=" p" style="--a:0.80">T</);
  assert.ok(!tableHtml([0, 0, 1, 2], true, 2, () => ["1", ""]).includes("none"));
});

test("a guess is judged as closely as the number is shown", () => {
  const judge = (guess, a, more = {}) => isRight(guess, { a, ...more }, 4);
  assert.deepEqual(["2.50", "2,5", "2.6", "2.7", "two", ""].map((guess) => judge(guess, "2.50")), [
    true, true, true, false, false, false,
  ]);
  assert.deepEqual(["−3", "-3", "-3.1"].map((guess) => judge(guess, "-3", { int: 1 })), [true, true, false]);
  assert.deepEqual(["0.04", "0.05"].map((guess) => judge(guess, "0")), [true, false]); // 1 % of the largest
  assert.deepEqual(["(4, 5)", "4,5", "4 5", "5,4"].map((guess) => judge(guess, "(4, 5)", { shape: 1 })), [
    true, true, false, false,
  ]);
  assert.deepEqual(["true", "T", "false", "f"].map((guess) => judge(guess, "T")), [true, true, false, false]);
});

test("a stretched operand repeats its cells as ghosts", () => {
  const all = (operand, rows, cols) => {
    const at = stretchedCells(operand, { rows, cols });
    return Array.from({ length: rows }, (_, r) => Array.from({ length: cols }, (_, c) => at(r, c).join(":")));
  };
  assert.deepEqual(all({ d: [2, 1], c: "1 2" }, 2, 2), [["1:", "1:ghost"], ["2:", "2:ghost"]]);
  assert.deepEqual(all({ d: [2], c: "1 2" }, 2, 2), [["1:", "2:"], ["1:ghost", "2:ghost"]]);
  assert.deepEqual(all({ d: [2, 2], c: "1 2 3 4" }, 2, 2), [["1:", "2:"], ["3:", "4:"]]);
});

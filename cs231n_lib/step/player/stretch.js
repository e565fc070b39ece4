// Broadcasting: the operands of an elementwise expression, each stretched to the common shape.

import { make } from "./dom.js";
import { shapeText, sheetOf } from "./shapes.js";
import { tableHtml } from "./table.js";
import { say } from "./words.js";

/** Draw the operands of a line. */
export function drawStretched(parent, { t: expression, d: shape, o: operands }) {
  const name = make("div", "cs-name", parent, say("broadcasting", { expression }));
  make("small", "", name, say("stretched", { shape: shapeText(shape) }));
  const line = make("div", "cs-arrays", parent);
  for (const operand of operands) drawOperand(make("div", "cs-array", line), operand, shape);
}

function drawOperand(box, operand, shape) {
  const size = sheetOf(shape), own = shapeText(operand.d), common = shapeText(shape);
  const name = make("div", "cs-name", box, operand.t);
  make("small", "", name, own === common ? own : `${own} → ${common}`);
  const at = stretchedCells(operand, size);
  box.insertAdjacentHTML("beforeend", tableHtml([0, 0, size.rows, size.cols], shape.length < 2, operand.m, at));
}

/** Return at(r, c) of the stretched operand: [text, class], "ghost" for a copy. */
export function stretchedCells(operand, size) {
  const own = sheetOf(operand.d), cells = operand.c.split(" ");
  return (r, c) => {
    const copy = (own.rows === 1 && r > 0) || (own.cols === 1 && c > 0 && size.cols > 1);
    return [cells[(own.rows === 1 ? 0 : r) * own.cols + (own.cols === 1 ? 0 : c)], copy ? "ghost" : ""];
  };
}

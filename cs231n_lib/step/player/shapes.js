// Shapes of arrays: a sheet is one two-dimensional slice, a window the part of a large sheet that is enlarged.

/** Return a shape as Python writes it. */
export function shapeText(shape) {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

/** Return rows and columns of a sheet, and the number of sheets. */
export function sheetOf(shape) {
  const cols = shape.length ? shape[shape.length - 1] : 1, rows = shape.length > 1 ? shape[shape.length - 2] : 1;
  return { cols, rows, n: shape.slice(0, -2).reduce((a, b) => a * b, 1) };
}

/** Return the leading indices of every sheet, as text. */
export function slices(shape) {
  let names = [""];
  for (const n of shape.slice(0, -2)) {
    names = names.flatMap((name) => Array.from({ length: n }, (_, k) => (name ? `${name}, ${k}` : `${k}`)));
  }
  return names;
}

/** Is a sheet small enough to be drawn with all its numbers? */
export function isSmall({ rows, cols }) {
  return rows * cols <= 64 && cols <= 16 && rows <= 16;
}

/** Return [row, column, rows, columns] of the window around the first of these cells in the sheet at `offset`. */
export function windowAt(spans, { rows, cols }, offset) {
  const first = spans.find((span) => span[1] >= offset);
  let k = first ? Math.max(first[0] - offset, 0) : 0;
  if (k >= rows * cols) k = 0;
  const width = Math.min(cols, rows === 1 ? 12 : 8), height = Math.min(rows, 8);
  const row = Math.floor(k / cols) - 3, column = (k % cols) - 3;
  return [Math.max(0, Math.min(row, rows - height)), Math.max(0, Math.min(column, cols - width)), height, width];
}

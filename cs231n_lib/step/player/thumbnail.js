// A sheet as a small image, with an edge around the part that is enlarged.

import { label, make } from "./dom.js";
import { say } from "./words.js";

const SIDE = 128; // pixels
const POSITIVE = "0,158,115";
const NEGATIVE = "204,121,167";
const READ = "#0072b2";
const WROTE = "#e69f00";

/** Draw rows x cols cells; shadeAt(r, c) is from -1 to 1, view is [row, column, rows, columns]. */
export function drawThumbnail(parent, [rows, cols], view, isWritten, shadeAt) {
  const canvas = make("canvas", "cs-thumb", parent);
  const s = Math.max(2, Math.min(8, Math.floor(SIDE / Math.max(rows, cols))));
  canvas.width = cols * s;
  canvas.height = rows * s;
  canvas.setAttribute("role", "img");
  label(canvas, say("overview"));
  const pen = canvas.getContext("2d");
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const shade = shadeAt(r, c);
      pen.fillStyle = shade > 0 ? `rgba(${POSITIVE},${shade})` : `rgba(${NEGATIVE},${-shade})`;
      pen.fillRect(c * s, r * s, s, s);
    }
  }
  pen.strokeStyle = isWritten ? WROTE : READ;
  pen.lineWidth = 2;
  const [row, column, height, width] = view.map((cells) => cells * s);
  pen.strokeRect(column + 1, row + 1, Math.max(width - 2, 3), Math.max(height - 2, 3));
}

// One array: all its numbers if it is small, else an overview and an enlarged window.

import { make } from "./dom.js";
import { isSmall, sheetOf, windowAt } from "./shapes.js";
import { count, hit, spansOf } from "./spans.js";
import { shade, tableHtml } from "./table.js";
import { makeTabs } from "./tabs.js";
import { drawThumbnail } from "./thumbnail.js";
import { say } from "./words.js";

/** Draw the value of variable n at a frame into its box. */
export function drawArray(player, box, n, value, frame) {
  const size = sheetOf(value.d), wrote = spansOf((frame.w || {})[n]), read = spansOf((frame.r || {})[n]);
  const total = size.n * size.rows * size.cols, isWhole = (spans) => total > 1 && count(spans) === total;
  if (isWhole(wrote)) box.classList.add("w");
  if (isWhole(read)) box.classList.add("r");
  const look = { size, wrote, top: player.data.vars[n].m, secret: (k) => player.hides(frame, n) && hit(wrote, k) };
  look.cell = (k, text) => { // the box of an array that is read or written as a whole has the edge, not each cell
    if (look.secret(k)) return ["?", k === frame.ask.k ? "w q me" : "w q"];
    return [text, (!isWhole(wrote) && hit(wrote, k) ? " w" : "") + (!isWhole(read) && hit(read, k) ? " r" : "")];
  };
  if (value.big) return drawLarge(box, value.big, look);
  const offset = value.d.length > 2 ? makeTabs(player, box, n, value.d, size, wrote, read) * size.rows * size.cols : 0;
  drawSheet(box, value, offset, windowAt(wrote.length ? wrote : read, size, offset), look);
}

function drawSheet(box, { d: shape, cells }, offset, window, { size, wrote, top, secret, cell }) {
  const small = isSmall(size), view = small ? [0, 0, size.rows, size.cols] : window;
  const flatIndex = (r, c) => offset + r * size.cols + c;
  const parent = small ? box : make("div", "cs-zoom", box);
  if (!small) {
    drawThumbnail(parent, [size.rows, size.cols], view, wrote.length, (r, c) => {
      const k = flatIndex(r, c), number = parseFloat(cells[k]);
      return !number || secret(k) ? 0 : Math.sign(number) * shade(number, top);
    });
  }
  const at = (r, c) => {
    const k = flatIndex(view[0] + r, view[1] + c);
    return cell(k, cells[k]);
  };
  parent.insertAdjacentHTML("beforeend", tableHtml(view, shape.length < 2, top, at));
}

function drawLarge(box, big, { size, wrote, top, cell }) { // an array that came as an overview and a window
  const [row, column, height, width] = big.win, blocks = big.c.split(" "), texts = big.w.split(" ");
  const down = big.t[0] / size.rows, across = big.t[1] / size.cols; // cells of the overview to one of the array
  const parent = make("div", "cs-zoom", box);
  if (big.at) make("small", "", box.firstChild, say("at", { place: big.at }));
  const corner = [Math.floor(row * down), Math.floor(column * across)];
  const frame = [...corner, Math.ceil(height * down), Math.ceil(width * across)];
  drawThumbnail(parent, big.t, frame, wrote.length, (r, c) => +blocks[r * big.t[1] + c]);
  const at = (r, c) => cell(big.o + (row + r) * size.cols + column + c, texts[r * width + c]);
  parent.insertAdjacentHTML("beforeend", tableHtml(big.win, size.rows === 1, top, at));
}

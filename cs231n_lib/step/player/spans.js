// Sorted indices written as "0-2 5": the cells that a line reads or writes.

/** "0-2 5" -> [[0, 2], [5, 5]] */
export function spansOf(text) {
  return (text ? text.split(" ") : []).map((part) => {
    const [first, last = first] = part.split("-");
    return [+first, +last];
  });
}

/** "0-2 5" -> [0, 1, 2, 5] */
export function indicesOf(text) {
  const indices = [];
  for (const [first, last] of spansOf(text)) for (let k = first; k <= last; k++) indices.push(k);
  return indices;
}

/** Return the number of indices. */
export function count(spans) {
  return spans.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Is any index of from..to among them? */
export function hit(spans, from, to = from) {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][1] < from) low = middle + 1;
    else high = middle;
  }
  return low < spans.length && spans[low][0] <= to;
}

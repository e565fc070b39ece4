// Numbers as tables: HTML text, coloured by sign and size.

/** Write the sign of a number as typography does. */
export function minus(text) {
  return text.replace(/^-/, "−");
}

/** Return how much colour a number gets, 0 to .8, by its size beside the largest its variable ever has. */
export function shade(number, top) {
  return 0.08 + 0.72 * (top ? Math.min(Math.abs(number) / top, 1) : 0);
}

/**
 * Return rows row.. and columns column.. of a sheet; at(r, c), counted from there, gives [text, class].
 * flat: there is only one row, which needs no number.
 */
export function tableHtml([row, column, rows, columns], flat, top, at) {
  let html = `<tr>${flat ? "" : '<th role="none"></th>'}`;
  for (let c = 0; c < columns; c++) html += `<th>${column + c}</th>`;
  html += "</tr>";
  for (let r = 0; r < rows; r++) {
    html += `<tr>${flat ? "" : `<th>${row + r}</th>`}`;
    for (let c = 0; c < columns; c++) html += cellHtml(top, ...at(r, c));
    html += "</tr>";
  }
  return `<table class="cs-t">${html}</table>`;
}

function cellHtml(top, text, name) {
  const truth = text === "T", value = truth ? 1 : parseFloat(text);
  let style = "";
  if (text === "nan" || /inf/.test(text)) name += " x";
  else if (value && (top || truth)) {
    name += value > 0 ? " p" : " n";
    style = ` style="--a:${shade(value, truth ? 1 : top).toFixed(2)}"`;
  }
  return `<td class="${name}"${style}>${minus(text)}</td>`;
}

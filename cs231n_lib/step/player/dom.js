// Elements of the page.

const ICONS = {
  first: "M2 2h2v12H2zM14 2v12L5 8z",
  back: "M13 2v12L7 8zM4 2h2v12H4z",
  play: "M4 2v12l9-6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  next: "M3 2v12l6-6zM10 2h2v12h-2z",
  last: "M12 2h2v12h-2zM2 2v12l9-6z",
};

/** Make an element of a class with a text. */
export function make(tag, name, parent, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

/** Give an element the name that is read aloud, and in a tooltip if it is `shown`. */
export function label(node, text, shown) {
  if (shown) node.title = text;
  node.setAttribute("aria-label", text);
}

/** Return an icon as SVG text. */
export function icon(name) {
  return `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
}

/** Put the focus back on a control that was drawn anew. */
export function refocus(parent, attribute, value) {
  parent.querySelectorAll(`[${attribute}]`).forEach((node) => {
    if (node.getAttribute(attribute) === value) node.focus({ preventScroll: true });
  });
}

/** Is a key pressed together with one that makes it a command of the browser's? */
export function isCommand(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

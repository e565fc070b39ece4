// Where the boxes of a graph stand: layers side by side, or down the page where they do not fit across it.

export const HEIGHT = 50; // of half a box: a value or a gradient
export const GAP = 46; // between layers
const WIDE = 92;
const NARROW = 64;
const ROOM = 16; // between boxes
const MARGIN = 8;

/** Give every box its corner x, y and height h, and the graph its size w, h and the width `box` of its boxes. */
export function placeBoxes(graph, width) {
  const layers = layersOf(graph), length = layers.length * (WIDE + GAP) - GAP + 2 * MARGIN;
  const far = Math.max(0, ...[...graph.first.keys()].map((arrow) => bendOf(graph, ...arrow.split(","))));
  const most = Math.max(...layers.map((layer) => layer.length));
  graph.down = length > width;
  graph.box = graph.down ? Math.max(NARROW, Math.min(WIDE, (width - 2 * MARGIN - 2 * far) / most - ROOM / 2)) : WIDE;
  const room = graph.down ? ROOM / 2 : ROOM, sizeOf = (box) => (graph.down ? graph.box : box.h) + room;
  const sizes = layers.map((layer) => layer.reduce((sum, box) => sum + sizeOf(box), -room));
  const longest = Math.max(...sizes);
  let line = MARGIN;
  layers.forEach((layer, k) => {
    let at = (longest - sizes[k]) / 2 + MARGIN + far;
    for (const box of layer) {
      [box.x, box.y] = graph.down ? [at, line] : [k * (WIDE + GAP) + MARGIN, at];
      at += sizeOf(box);
    }
    line += Math.max(...layer.map((box) => box.h)) + GAP;
  });
  const across = longest + 2 * (MARGIN + far);
  [graph.w, graph.h] = graph.down ? [across, line - GAP + MARGIN] : [length, across];
}

function layersOf({ boxes }) {
  const layers = [];
  for (const box of boxes) {
    (layers[box.layer] ??= []).push(box);
    box.h = box.up !== undefined && box.low !== undefined ? 2 * HEIGHT : HEIGHT;
  }
  return layers;
}

/** Return how far an arrow bends around the layers that it passes. */
export function bendOf({ of }, from, to) {
  return 14 * Math.min(Math.max(Math.abs(of[from].layer - of[to].layer) - 1, 0), 2);
}

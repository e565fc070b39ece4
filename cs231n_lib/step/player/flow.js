// What each line made from what: boxes of values, each with its gradient, and the arrows between them, in layers.

const NUMBER = /^-?\d+\.\d|^-?\d+(\.\d+)?e/; // a single number that is no counter

/** Return functions that tell the arrows of a frame, [[from, to]], and the graph of a function. */
export function makeFlow({ frames, fns, vars }, states, valueOf) {
  const graphs = {}, known = {};
  function isDrawn(n) { // arrays, and numbers that are no counters
    known[n] ??= states.some((state) => state[n] && (state[n].d || NUMBER.test(state[n].s)));
    return known[n];
  }
  function arrowsOf(frame) {
    return Object.keys(frame.w || {})
      .flatMap((to) => ((frame.m || {})[to] || Object.keys(frame.r || {})).map((from) => [+from, +to]))
      .filter(([from, to]) => from !== to && isDrawn(from) && isDrawn(to));
  }
  function newGraph(k) { // the same in all frames of function k
    const own = vars.map((variable, n) => n).filter((n) => vars[n].f === k);
    const pairs = /backward/.test(fns[k].name) || own.some((n) => valueOf[n] !== undefined);
    const graph = { pairs, boxes: [], of: {}, lower: {}, first: new Map() }, add = boxMaker(graph, vars);
    frames.forEach((frame, t) => {
      if (frame.f !== k) return;
      for (const [from, to] of arrowsOf(frame)) {
        if (graph.first.has(`${from},${to}`)) continue;
        graph.first.set(`${from},${to}`, t); // an arrow -> the frame that it first stands for
        add(from);
        add(to);
      }
    });
    for (const n of own) if (graph.boxes.some((box) => box.name === vars[n].n) && isDrawn(n)) add(n);
    giveLayers(graph);
    return graph;
  }
  return { arrowsOf, graphOf: (k) => (graphs[k] ??= newGraph(k)) };
}

function boxMaker(graph, vars) { // a value and its gradient share a box, the gradient below
  const named = {};
  return (n) => {
    const name = vars[n].n, low = graph.pairs && /^d[A-Za-z]/.test(name), key = low ? name.slice(1) : name;
    if (!named[key]) graph.boxes.push((named[key] = { name: key, into: [], from: [] }));
    named[key][low ? "low" : "up"] = n;
    graph.lower[n] = low;
    graph.of[n] = named[key];
  };
}

function giveLayers({ first, boxes, of, lower }) {
  const told = [], seen = []; // forward order as the gradients tell it, and as the values do
  const helps = []; // values that a gradient is made from
  for (const arrow of first.keys()) {
    const [from, to] = arrow.split(","), a = of[from], b = of[to];
    if (lower[from] && lower[to]) told.push([b, a]);
    else (lower[from] || lower[to] ? helps : seen).push([a, b]);
  }
  for (const [a, b] of [...told, ...seen]) {
    if (reaches(b, a)) continue; // would close a circle
    a.into.push(b);
    b.from.push(a);
  }
  boxes.forEach(layerOf);
  for (const box of boxes) { // what nothing made stands next to what it serves
    if (!box.from.length && box.into.length) box.layer = Math.min(...box.into.map(layerOf)) - 1;
  }
  for (const [a, b] of helps) if (!a.from.length && !a.into.length) a.layer = b.layer;
}

function reaches(a, b) {
  return a === b || a.into.some((c) => reaches(c, b));
}

function layerOf(box) {
  box.layer ??= box.from.reduce((depth, c) => Math.max(depth, layerOf(c) + 1), 0);
  return box.layer;
}

// Draws what each line made from what: a box for each array, its value above, its gradient below.
function (D, states, twin) {
  "use strict";
  var WIDE = 92, NARROW = 64, H = 50, GAP = 46, ROOM = 16, MARGIN = 8, graphs = {}, known = {};
  function drawn(n) { // arrays, and numbers that are no counters
    if (known[n] === undefined) known[n] = states.some(function (st) {
      return st[n] && (st[n].d || /^-?\d+\.\d|^-?\d+(\.\d+)?e/.test(st[n].s));
    });
    return known[n];
  }
  function arrows(f) { // [[from, to]] of one line
    var out = [];
    Object.keys(f.w || {}).forEach(function (n) {
      ((f.m || {})[n] || Object.keys(f.r || {})).forEach(function (m) { if (+m !== +n) out.push([+m, +n]); });
    });
    return out.filter(function (e) { return drawn(e[0]) && drawn(e[1]); });
  }

  // ---- boxes and layers ----
  function graphOf(k) { // boxes and arrows of one function, the same in all its frames
    if (graphs[k]) return graphs[k];
    var g = graphs[k] = { first: {}, boxes: [], of: {}, lower: {}, pairs: /backward/.test(D.fns[k].name) }, named = {};
    var told = [], seen = [], helps = []; // forward order as the gradients tell it, as the values do; values in gradients
    D.vars.forEach(function (v, n) { if (v.f === k && twin[n] !== undefined) g.pairs = true; });
    function box(n) {
      var name = D.vars[n].n, low = g.pairs && /^d[A-Za-z]/.test(name), key = low ? name.slice(1) : name;
      if (!named[key]) g.boxes.push(named[key] = { into: [], from: [] });
      named[key][low ? "low" : "up"] = n;
      g.lower[n] = low;
      return g.of[n] = named[key];
    }
    D.frames.forEach(function (f, t) {
      if (f.f === k) arrows(f).forEach(function (e) {
        if (g.first[e] !== undefined) return;
        g.first[e] = t;
        var a = box(e[0]), b = box(e[1]), low = g.lower[e[0]] + g.lower[e[1]];
        if (low === 2) told.push([b, a]); else if (low) helps.push([a, b]); else seen.push([a, b]);
      });
    });
    D.vars.forEach(function (v, n) { if (v.f === k && named[v.n] && drawn(n)) box(n); });
    told.concat(seen).forEach(function (e) { if (!reaches(e[1], e[0])) { e[0].into.push(e[1]); e[1].from.push(e[0]); } });
    g.boxes.forEach(depth);
    g.boxes.forEach(function (b) { // what nothing made stands next to what it serves
      if (!b.from.length && b.into.length) b.layer = Math.min.apply(null, b.into.map(depth)) - 1;
    });
    helps.forEach(function (e) { if (!e[0].from.length && !e[0].into.length) e[0].layer = e[1].layer; });
    return g;
  }
  function reaches(a, b) { return a === b || a.into.some(function (c) { return reaches(c, b); }); }
  function depth(b) {
    if (b.layer === undefined) b.layer = b.from.reduce(function (d, c) { return Math.max(d, depth(c) + 1); }, 0);
    return b.layer;
  }
  function arrange(g, width) { // gives every box its corner; the layers go down the page where they do not fit across
    var layers = [], line = MARGIN, far = 0, most, sizes;
    g.boxes.forEach(function (b) {
      (layers[b.layer] = layers[b.layer] || []).push(b);
      b.h = b.up !== undefined && b.low !== undefined ? 2 * H : H;
    });
    Object.keys(g.first).forEach(function (e) { far = Math.max(far, lift(g, e.split(","))); });
    g.down = layers.length * (WIDE + GAP) - GAP + 2 * MARGIN > width;
    most = Math.max.apply(null, layers.map(function (l) { return l.length; }));
    g.box = g.down ? Math.max(NARROW, Math.min(WIDE, (width - 2 * MARGIN - 2 * far) / most - ROOM / 2)) : WIDE;
    sizes = layers.map(function (l) {
      return l.reduce(function (sum, b) { return sum + (g.down ? g.box + ROOM / 2 : b.h + ROOM); }, g.down ? -ROOM / 2 : -ROOM);
    });
    most = Math.max.apply(null, sizes);
    layers.forEach(function (l, k) {
      var at = (most - sizes[k]) / 2 + MARGIN + far;
      l.forEach(function (b) {
        b.x = g.down ? at : k * (WIDE + GAP) + MARGIN;
        b.y = g.down ? line : at;
        at += g.down ? g.box + ROOM / 2 : b.h + ROOM;
      });
      line += Math.max.apply(null, l.map(function (b) { return b.h; })) + GAP;
    });
    most += 2 * (MARGIN + far);
    g.w = g.down ? most : layers.length * (WIDE + GAP) - GAP + 2 * MARGIN;
    g.h = g.down ? line - GAP + MARGIN : most;
  }
  function lift(g, e) { // how far an arrow bends around the layers it passes
    return 14 * Math.min(Math.max(Math.abs(g.of[e[0]].layer - g.of[e[1]].layer) - 1, 0), 2);
  }

  // ---- drawing ----
  function esc(text) { return text.replace(/&/g, "&amp;").replace(/</g, "&lt;"); }
  function arrow(g, m, n, name) { // a curve between two halves, leaving and arriving along the layers
    var a = g.of[m], b = g.of[n], way = Math.sign(b.layer - a.layer), bend = 2 * lift(g, [m, n]) * (g.lower[n] ? 1 : -1);
    function end(box, key, far) { // [along the layers, across them]
      var low = g.lower[key], middle = box.y + (low && box.up !== undefined ? 1.5 : 0.5) * H;
      return g.down ? [box.y + (far ? box.h : 0), box.x + g.box * (low ? 0.66 : 0.34)] : [box.x + (far ? g.box : 0), middle];
    }
    function at(u, v) { return (g.down ? [v, u] : [u, v]).map(function (x) { return x.toFixed(1); }).join(" "); }
    var p = end(a, m, way >= 0), q = end(b, n, way <= 0), tip = q[0] - 7 * (way || -1);
    var pull = way ? Math.max(Math.abs(q[0] - p[0]) * 0.45, 14) * way : 0.7 * GAP;
    var curve = "M" + at(p[0], p[1]) + "C" + at(p[0] + pull, p[1] + bend) + " " + at(tip - (way ? pull : -pull), q[1] + bend) + " " + at(tip, q[1]);
    return '<path class="' + name + (g.lower[n] ? " back" : "") + '" d="' + curve + '"/><path class="tip ' + name +
      '" d="M' + at(q[0], q[1]) + "L" + at(tip, q[1] - 4) + "L" + at(tip, q[1] + 4) + 'Z"/>';
  }
  function heat(value, top, slice, x, y, wide) { // a small picture of the sheet in view
    var d = value.big ? value.big.t : value.d, cells = value.big ? value.big.c.split(" ") : value.cells, html = "", cut = "", r, c;
    var cols = d[d.length - 1], rows = d.length > 1 ? d[d.length - 2] : 1, n = Math.min(rows, 12), m = Math.min(cols, 18);
    var s = Math.min(12, (wide - 14) / m, (H - 22) / n), offset = value.big ? 0 : slice * rows * cols;
    x += (wide - m * s) / 2; y += (H - 22 - n * s) / 2;
    for (r = 0; r < n; r++) for (c = 0; c < m; c++) {
      var text = cells[offset + Math.floor(r * rows / n) * cols + Math.floor(c * cols / m)], v = text === "T" ? 1 : parseFloat(text) || 0;
      var share = value.big ? Math.abs(v) : v ? 0.08 + 0.72 * Math.min(Math.abs(v) / (text === "T" ? 1 : top || 1), 1) : 0;
      var left = (x + c * s).toFixed(1), upper = (y + r * s).toFixed(1), e = (s - 0.8).toFixed(1);
      html += '<rect class="' + (v > 0 ? "p" : v < 0 ? "n" : "z") + '" x="' + left + '" y="' + upper + '" width="' + e + '" height="' + e +
        '" fill-opacity="' + share.toFixed(2) + '"/>';
      if (v < 0) cut += "M" + left + " " + (y + r * s + +e).toFixed(1) + "l" + e + " -" + e;
    }
    return html + '<path class="cut" d="' + cut + '"/>';
  }
  function half(g, n, b, look) {
    var y = b.y + (g.lower[n] && b.up !== undefined ? H : 0), v = D.vars[n], value = look.state[n], name = v.n;
    var kind = n in (look.frame.w || {}) ? "w" : n in (look.frame.r || {}) ? "r" : value ? "" : "none";
    var room = Math.floor(g.box / 7), short = name.length > room ? name.slice(0, room - 1) + "…" : name, hidden = look.hidden(n);
    var html = '<g class="' + kind + '" data-v="' + n + '" role="button" tabindex="0"><title>' + esc(name) + '</title><rect class="half" x="' + b.x + '" y="' + y +
      '" width="' + g.box + '" height="' + H + '" rx="6"/><text x="' + (b.x + g.box / 2) + '" y="' + (y + 13) + '">' + esc(short) + "</text>";
    var one = value && value.cells && value.cells.length === 1 ? value.cells[0] : value && value.s; // a number, not a sheet
    if (!value || hidden || one !== undefined) {
      html += '<text class="one" x="' + (b.x + g.box / 2) + '" y="' + (y + 35) + '">' + (hidden ? "?" : one ? one.replace(/^-/, "−") : "") + "</text>";
    } else if (value.cells || value.big) html += heat(value, v.m, look.slice(n), b.x, y + 17, g.box);
    return html + "</g>";
  }
  return {
    has: function (k) { return Object.keys(graphOf(k).first).length > 1; },
    pairs: function (k) { return graphOf(k).pairs; },
    draw: function (look, now, width) { // the picture at one frame, as SVG text
      var g = graphOf(look.frame.f), lit = arrows(look.frame).map(String), order = { ahead: "", past: "", lit: "" };
      if (g.width !== width) arrange(g, g.width = width);
      Object.keys(g.first).forEach(function (e) {
        var ends = e.split(","), name = lit.indexOf(e) >= 0 ? "lit" : g.first[e] < now ? "past" : "ahead";
        order[name] += arrow(g, +ends[0], +ends[1], name);
      });
      var boxes = g.boxes.map(function (b) {
        return [b.up, b.low].map(function (n) { return n === undefined ? "" : half(g, n, b, look); }).join("");
      });
      var said = lit.map(function (e) { return e.split(",").map(function (n) { return D.vars[n].n; }).join(" «to» "); });
      return '<svg role="group" aria-label="«lit»' + esc(said.join("«names_between»") || "«none_lit»").replace(/"/g, "&quot;") + '" width="' + g.w + '" height="' + g.h + '" viewBox="0 0 ' +
        g.w + " " + g.h + '">' + order.ahead + order.past + boxes.join("") + order.lit + "</svg>";
    }
  };
}

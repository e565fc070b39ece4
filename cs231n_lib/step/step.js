// Plays recorded frames. Called once per stepper with its root element and its data; keeps nothing outside the root.
// «key» is a text of messages/LANGUAGE.json, «key | field: expression» a string put together from one; see script.py.
function (root, D) {
  "use strict";
  if (!root || root.classList.contains("live")) return;

  // ---- data: every frame's state, from the changes that were stored ----
  function pairs(text) { // "0-2 5" -> [[0, 2], [5, 5]]
    return (text ? text.split(" ") : []).map(function (part) {
      var ends = part.split("-");
      return [+ends[0], +(ends[1] || ends[0])];
    });
  }
  function ranges(text) { // "0-2 5" -> [0, 1, 2, 5]
    var out = [];
    pairs(text).forEach(function (p) { for (var k = p[0]; k <= p[1]; k++) out.push(k); });
    return out;
  }
  function count(marks) { return marks.reduce(function (n, p) { return n + p[1] - p[0] + 1; }, 0); }
  function hit(marks, from, to) { // is any index of from..to marked
    var low = 0, high = marks.length;
    while (low < high) {
      var mid = (low + high) >> 1;
      if (marks[mid][1] < from) low = mid + 1; else high = mid;
    }
    return low < marks.length && marks[low][0] <= to;
  }
  var states = [], state = {};
  D.frames.forEach(function (f) {
    state = Object.assign({}, state);
    Object.keys(f.set || {}).forEach(function (v) {
      var p = f.set[v], old = state[v];
      if (p === 0) { delete state[v]; return; }
      if (p.i !== undefined) {
        var cells = old.cells.slice(), values = p.c.split(" ");
        ranges(p.i).forEach(function (k, n) { cells[k] = values[n]; });
        state[v] = { d: old.d, cells: cells };
      } else {
        state[v] = p.c === undefined ? p : { d: p.d, cells: p.c.split(" ") };
        if (p.big && !p.big.c) p.big.c = old.big.c;
      }
    });
    states.push(state);
  });

  // ---- the page ----
  function make(tag, name, parent, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    if (parent) parent.appendChild(node);
    return node;
  }
  function icon(path) { return '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="' + path + '"/></svg>'; }
  var ICON = {
    first: "M2 2h2v12H2zM14 2v12L5 8z", back: "M12 2v12L3 8z", play: "M4 2v12l9-6z", pause: "M3 2h4v12H3zM9 2h4v12H9z",
    next: "M4 2v12l9-6z", last: "M12 2h2v12h-2zM2 2v12l9-6z"
  };
  var live = make("div", "cs-live");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", «stepper | title: D.title»);
  var head = make("div", "cs-head", live);
  make("div", "cs-title", head, D.title);
  make("div", "cs-key", head).innerHTML =
    '<span><i class="kr"></i>«read»<i class="kw"></i>«written»</span> <span><i class="kp"></i>«positive»<i class="kn"></i>«negative»</span>';
  var legend = head.lastChild;
  var bar = make("div", "cs-bar", live);
  function button(name, label, act) {
    var b = make("button", "", bar);
    b.type = "button"; b.title = label; b.setAttribute("aria-label", label); b.innerHTML = icon(ICON[name]);
    b.onclick = act;
    return b;
  }
  var bFirst = button("first", "«first_frame»", function () { stop(); go(0); });
  var bBack = button("back", "«frame_back»", function () { stop(); go(now - 1); });
  var bPlay = button("play", "«play»", toggle);
  var bNext = button("next", "«next_frame»", function () { stop(); forward(); });
  var bLast = button("last", "«last_frame»", function () { stop(); go(D.frames.length - 1); });
  bNext.innerHTML = icon("M3 2v12l6-6zM10 2h2v12h-2z");
  bBack.innerHTML = icon("M13 2v12L7 8zM4 2h2v12H4z");
  var slider = make("input", "", bar);
  slider.type = "range"; slider.min = 0; slider.max = D.frames.length - 1; slider.value = 0;
  slider.setAttribute("aria-label", "«frame»");
  slider.oninput = function () { stop(); go(+slider.value); };
  var place = make("span", "cs-count", bar);
  var speed = make("select", "", bar);
  speed.setAttribute("aria-label", "«speed»"); speed.title = "«speed»";
  [["«slow»", 2200], ["«normal»", 1100], ["«fast»", 450], ["«very_fast»", 130]].forEach(function (s) {
    make("option", "", speed, s[0]).value = s[1];
  });
  speed.value = 1100;
  var predict = null, score = null;
  if (D.frames.some(function (f) { return f.ask; })) {
    var wish = make("label", "cs-predict", bar);
    predict = make("input", "", wish); predict.type = "checkbox"; predict.checked = true;
    wish.appendChild(document.createTextNode(" «predict_first»"));
    predict.onchange = function () { go(now); };
    score = make("span", "cs-score", bar);
  }
  var jump = null, stops = [], lines = {};
  D.frames.forEach(function (f, k) {
    if (f.it && (!k || D.frames[k - 1].it !== f.it)) stops.push([f.it, k]);
    if (f.l) lines[f.f + " " + f.l] = lines[f.f + " " + f.l] || [f, k];
  });
  if (D.frames.length > 4) {
    jump = make("select", "cs-jump", bar);
    jump.setAttribute("aria-label", "«jump»"); jump.title = "«jump»";
    make("option", "", jump, "«jump_to»").value = -1;
    var group = make("optgroup", "", jump); group.label = "«iteration»";
    stops.forEach(function (s) { make("option", "", group, s[0]).value = s[1]; });
    if (!stops.length) jump.removeChild(group);
    group = make("optgroup", "", jump); group.label = "«first_run»";
    Object.keys(lines).forEach(function (key) {
      var f = lines[key][0];
      var text = D.fns[f.f].src[f.l - 1].trim();
      make("option", "", group, (D.fns.length > 1 ? D.fns[f.f].name + "«changes_between»" : "") + «line_start | number: f.l» +
        (text.length > 36 ? text.slice(0, 35) + "…" : text)).value = lines[key][1];
    });
    jump.onchange = function () { stop(); if (+jump.value >= 0) go(+jump.value); };
  }
  var quiz = make("div", "cs-quiz", live), say = make("div", "cs-say", live);
  say.setAttribute("aria-live", "polite"); quiz.setAttribute("aria-live", "polite");
  var fold = make("details", "cs-fold", live);
  make("summary", "", fold, "«graph»");
  var picture = make("div", "cs-graph", fold);
  var main = make("div", "cs-main", live), code = make("div", "cs-code", main),
    vars = make("div", "cs-vars", main);
  var chips = make("div", "cs-chips", vars), arrays = make("div", "cs-arrays", vars);
  var stretch = make("div", "cs-stretch", live);
  if (D.remark) make("div", "cs-remark", live, D.remark);

  // The code gets the width of its longest line but the first, as long as the widest array keeps its own.
  var letters = Math.max.apply(null, D.fns.map(function (f) {
    return Math.max.apply(null, f.src.map(function (t, n) { return n || f.src.length < 2 ? t.length : 0; }));
  }));
  var columns = states.reduce(function (most, st) {
    return Object.keys(st).reduce(function (m, v) {
      var c = st[v].d ? sheet(st[v].d).cols : 0;
      return Math.max(m, c > 16 ? 8 + 4 : c);
    }, most);
  }, 0);
  main.style.setProperty("--code", letters * 7.6 + 70 + "px");
  main.style.setProperty("--need", columns * 56 + 50 + "px");

  // ---- code ----
  var shownFunction = -1, rows = {};
  code.setAttribute("role", "group");
  code.setAttribute("aria-label", "«code»");
  function showCode(k) {
    var inside = code.contains(document.activeElement);
    code.textContent = ""; rows = {}; shownFunction = k;
    var used = {};
    if (D.fns.length > 1) make("strong", "", code, (k ? "«inside» " : "") + D.fns[k].name);
    D.frames.forEach(function (f) { if (f.f === k) used[f.l] = 1; });
    D.fns[k].src.forEach(function (text, n) {
      var row = make("div", "", code), line = n + 1, mark = text.search(/(^|\s)#[^"']*$/);
      var indent = text.search(/\S|$/), more = /^\s*def /.test(text) ? 8 : 2; // of what does not fit across
      make("b", "", row, line); make("span", "", row, text.slice(0, indent));
      row.style.setProperty("--hang", "calc(" + (more + 5.6) + "ch + " + indent + " * var(--dent))");
      row.appendChild(document.createTextNode(text.slice(indent, mark < 0 ? undefined : Math.max(mark, indent))));
      if (mark >= 0) make("em", "", row, text.slice(Math.max(mark, indent)));
      if (used[line]) {
        row.classList.add("can"); row.title = «next_run | number: line»;
        row.setAttribute("role", "button"); row.tabIndex = -1;
        row.onclick = function () { stop(); go(nextAt(k, line)); };
      }
      rows[line] = row;
    });
    reach(code.querySelector(".can"), inside);
  }
  function reach(row, focus) { // one line of code is a tab stop; the arrows move it
    if (!row) return;
    code.querySelectorAll(".can").forEach(function (r) { r.tabIndex = r === row ? 0 : -1; });
    if (focus) row.focus();
  }
  code.onkeydown = function (e) {
    var all = Array.from(code.querySelectorAll(".can")), at = all.indexOf(e.target), way = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (at < 0 || e.ctrlKey || e.metaKey || e.altKey) return;
    if (way) reach(all[Math.max(0, Math.min(all.length - 1, at + way))], true);
    else if (e.key === "Enter" || e.key === " ") e.target.onclick();
    else return;
    e.preventDefault(); e.stopPropagation();
  };
  function nextAt(fn, line) {
    for (var n = 1; n <= D.frames.length; n++) {
      var k = (now + n) % D.frames.length, f = D.frames[k];
      if (f.f === fn && f.l === line) return k;
    }
    return now;
  }

  // ---- arrays ----
  function minus(text) { return text.replace(/^-/, "−"); }
  function share(text, top) { return top ? Math.min(Math.abs(parseFloat(text)) / top, 1) : 0; }
  function cell(text, top, name) {
    var v = parseFloat(text), style = "";
    if (text === "T") v = top = 1;
    if (text === "nan" || /inf/.test(text)) name += " x";
    else if (v && top) {
      name += v > 0 ? " p" : " n";
      style = ' style="--a:' + (0.08 + 0.72 * share(v, top)).toFixed(2) + '"';
    }
    return '<td class="' + name + '"' + style + ">" + minus(text) + "</td>";
  }
  // Draws rows r0.. and columns c0.. of a sheet; at(r, c) gives [text, class].
  function table(lines, cols, r0, c0, flat, top, at) {
    var html = "<tr>" + (flat ? "" : '<th role="none"></th>'), r, c, one;
    for (c = 0; c < cols; c++) html += "<th>" + (c0 + c) + "</th>";
    html += "</tr>";
    for (r = 0; r < lines; r++) {
      html += "<tr>" + (flat ? "" : "<th>" + (r0 + r) + "</th>");
      for (c = 0; c < cols; c++) { one = at(r, c); html += cell(one[0], top, one[1]); }
      html += "</tr>";
    }
    return '<table class="cs-t">' + html + "</table>";
  }
  function shape(d) { return "(" + d.join(", ") + (d.length === 1 ? "," : "") + ")"; }
  function sheet(d) { // rows and columns of one slice, and the number of slices
    var cols = d.length ? d[d.length - 1] : 1, lines = d.length > 1 ? d[d.length - 2] : 1;
    return { cols: cols, rows: lines, n: d.slice(0, -2).reduce(function (a, b) { return a * b; }, 1) };
  }
  function slices(d) { // the leading indices of every slice, as text
    var out = [""];
    d.slice(0, -2).forEach(function (n) {
      var longer = [];
      out.forEach(function (t) { for (var k = 0; k < n; k++) longer.push(t ? t + ", " + k : "" + k); });
      out = longer;
    });
    return out;
  }
  function tabs(box, n, d, size, wrote, read) {
    var names = slices(d), step = size.rows * size.cols, strip = make("div", "cs-tabs", box), at = chosen[n] || 0;
    var mate = mates[n], f = D.frames[now], same = mate !== undefined && states[now][mate] && shape(states[now][mate].d || []) === shape(d);
    function marked(k, marks) { return hit(marks, k * step, k * step + step - 1); }
    function marks(part) { return same ? pairs((f[part] || {})[mate]) : []; }
    [marks("r"), marks("w"), read, wrote].forEach(function (marks) { // a value and its gradient show the same slice
      for (var k = size.n - 1; picked < 0 && k >= 0; k--) if (marked(k, marks)) at = k;
    });
    chosen[n] = at;
    names.forEach(function (text, k) {
      if (names.length > 16 && Math.abs(k - at) > 5) return;
      var tab = make("button", (k === at ? "on" : "") + (marked(k, wrote) ? " w" : marked(k, read) ? " r" : ""), strip, text);
      tab.type = "button"; tab.setAttribute("aria-label", D.vars[n].n + "[" + text + "]"); tab.setAttribute("aria-pressed", k === at);
      tab.onclick = function () {
        chosen[n] = k; if (same) chosen[mate] = k;
        picked = n; showVars(f, states[now]); picked = -1;
        refocus(arrays, "aria-label", tab.getAttribute("aria-label"));
      };
    });
    return at;
  }
  function refocus(parent, name, value) { // back to a control that was drawn anew
    parent.querySelectorAll("[" + name + "]").forEach(function (node) {
      if (node.getAttribute(name) === value) node.focus({ preventScroll: true });
    });
  }
  function thumbnail(box, lines, cols, at, frame, wrote) {
    var canvas = make("canvas", "cs-thumb", box), s = Math.max(2, Math.min(8, Math.floor(128 / Math.max(lines, cols))));
    canvas.width = cols * s; canvas.height = lines * s; canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "«overview»");
    var g = canvas.getContext("2d"), r, c, v;
    for (r = 0; r < lines; r++) for (c = 0; c < cols; c++) {
      v = at(r, c);
      g.fillStyle = v > 0 ? "rgba(0,158,115," + v + ")" : "rgba(204,121,167," + -v + ")";
      g.fillRect(c * s, r * s, s, s);
    }
    g.strokeStyle = wrote ? "#e69f00" : "#0072b2"; g.lineWidth = 2;
    g.strokeRect(frame[1] * s + 1, frame[0] * s + 1, Math.max(frame[3] * s - 2, 3), Math.max(frame[2] * s - 2, 3));
  }
  function middle(marks, size, offset) { // where an 8 x 8 window must start to show the first marked cell
    var k = 0, i;
    for (i = 0; i < marks.length; i++) if (marks[i][1] >= offset) { k = Math.max(marks[i][0] - offset, 0); break; }
    if (k >= size.rows * size.cols) k = 0;
    var w = Math.min(size.cols, size.rows === 1 ? 12 : 8), h = Math.min(size.rows, 8), r = Math.floor(k / size.cols), c = k % size.cols;
    return [Math.max(0, Math.min(r - 3, size.rows - h)), Math.max(0, Math.min(c - 3, size.cols - w)), h, w];
  }
  function showArray(box, n, value, f) {
    var v = D.vars[n], d = value.d, size = sheet(d), wrote = pairs((f.w || {})[n]), read = pairs((f.r || {})[n]);
    var total = size.n * size.rows * size.cols, all = count(wrote) === total && total > 1, seen = count(read) === total && total > 1;
    var hidden = asking(f, n), offset = 0, win = null;
    function at(r, c) {
      var k = offset + ((win ? win[0] : 0) + r) * size.cols + (win ? win[1] : 0) + c, name = "";
      if (hidden && hit(wrote, k, k)) return ["?", k === f.ask.k ? "w q me" : "w q"];
      if (!all && hit(wrote, k, k)) name += " w";
      if (!seen && hit(read, k, k)) name += " r";
      return [value.big ? "" : value.cells[k], name];
    }
    if (all) box.classList.add("w");
    if (seen) box.classList.add("r");
    if (value.big) return showBig(box, value.big, v.m, at, function (w, o) { win = w; offset = o; }, size, wrote.length);
    if (d.length > 2) offset = tabs(box, n, d, size, wrote, read) * size.rows * size.cols;
    if (size.rows * size.cols <= 64 && size.cols <= 16 && size.rows <= 16) {
      box.insertAdjacentHTML("beforeend", table(size.rows, size.cols, 0, 0, d.length < 2, v.m, at));
      return;
    }
    win = middle(wrote.length ? wrote : read, size, offset);
    var pair = make("div", "cs-zoom", box);
    thumbnail(pair, size.rows, size.cols, function (r, c) {
      var t = value.cells[offset + r * size.cols + c], x = parseFloat(t);
      return hidden && hit(wrote, offset + r * size.cols + c, offset + r * size.cols + c) ? 0 : x ? (x < 0 ? -1 : 1) * (0.08 + 0.72 * share(t, v.m)) : 0;
    }, win, wrote.length);
    pair.insertAdjacentHTML("beforeend", table(win[2], win[3], win[0], win[1], d.length < 2, v.m, at));
  }
  function showBig(box, big, top, at, place, size, wrote) { // an array reduced to an overview and a window
    var blocks = big.c.split(" "), values = big.w.split(" "), pair = make("div", "cs-zoom", box);
    if (big.at) make("small", "", box.firstChild, «at | place: big.at»);
    place(big.win, big.o);
    var fr = big.t[0] / size.rows, fc = big.t[1] / size.cols;
    thumbnail(pair, big.t[0], big.t[1], function (r, c) { return +blocks[r * big.t[1] + c]; },
      [Math.floor(big.win[0] * fr), Math.floor(big.win[1] * fc), Math.ceil(big.win[2] * fr), Math.ceil(big.win[3] * fc)], wrote);
    pair.insertAdjacentHTML("beforeend", table(big.win[2], big.win[3], big.win[0], big.win[1], size.rows === 1, top, function (r, c) {
      var one = at(r, c);
      return [one[0] || values[r * big.win[3] + c], one[1]];
    }));
  }
  var chosen = {}, picked = -1, twin = {}, mates = {}; // slice in view of each array; array whose tab was clicked; dx -> x; both ways
  D.vars.forEach(function (v, n) {
    D.vars.forEach(function (w, m) { if (w.f === v.f && w.n === "d" + v.n) { twin[m] = mates[m] = n; mates[n] = m; } });
  });
  if (Object.keys(twin).length) legend.insertAdjacentHTML("beforeend", " <span>&emsp;«pairs»</span>");
  var graph = GRAPH(D, states, twin);
  fold.open = D.graph === 1;
  fold.ontoggle = function () { showGraph(D.frames[now]); };
  function showGraph(f) {
    var there = D.graph !== 0 && graph.has(f.f), held = document.activeElement;
    fold.style.display = there ? "" : "none";
    if (!there || !fold.open) return;
    held = picture.contains(held) ? held.dataset.v : null;
    picture.innerHTML = graph.draw({
      frame: f, state: states[now], hidden: function (n) { return asking(f, n); }, slice: function (n) { return chosen[n] || 0; }
    }, now, picture.clientWidth);
    if (held) refocus(picture, "data-v", held);
  }
  function printGraph() { // the last frame's, for paper; folded graphs only where there are gradients
    var k = D.frames.length - 1, f = D.frames[k];
    if (D.graph === 0 || !graph.has(f.f) || !(D.graph || graph.pairs(f.f))) return;
    var paper = make("div", "cs-graph cs-paper", root), look = { frame: f, state: states[k] };
    look.hidden = look.slice = function () { return 0; };
    paper.innerHTML = "<p>«paper_graph»" + (graph.pairs(f.f) ? "«paper_pairs»" : "") +
      "«paper_negative»</p>" + graph.draw(look, k + 1, 1000);
  }
  function toBox(e) { // to the next line that writes this box
    var box = e.target.closest("[data-v]"), n, f;
    for (n = 1; box && n <= D.frames.length; n++) {
      f = D.frames[(now + n) % D.frames.length];
      if (f.w && box.dataset.v in f.w) { stop(); go((now + n) % D.frames.length); break; }
    }
  }
  picture.onclick = toBox;
  picture.onkeydown = function (e) {
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); e.stopPropagation(); toBox(e); }
  };
  function showVars(f, st) {
    var boxes = {};
    chips.textContent = ""; arrays.textContent = "";
    D.vars.forEach(function (v, n) {
      var value = st[n], wrote = (f.w || {})[n] !== undefined;
      if (!value || v.f !== f.f) return;
      if (value.s !== undefined) {
        make("span", wrote ? "w" : "", chips, v.n + " = " + (asking(f, n) ? "?" : minus(value.s)));
        return;
      }
      var home = boxes[twin[n]], box = make("div", "cs-array", null), name = make("div", "cs-name", box, v.n);
      if (home) home.classList.add("cs-pair"); else home = make("div", "cs-box", arrays);
      home.appendChild(box); boxes[n] = home;
      make("small", "", name, asking(f, n) && f.ask.shape ? "(?)" : shape(value.d));
      if ((f.back || []).indexOf(n) >= 0) make("span", "back", name, "«returned»");
      if (asking(f, n) && f.ask.shape) make("div", "cs-veil", box, "?");
      else if (value.cells || value.big) showArray(box, n, value, f);
      else make("small", "", box, "«too_large»");
    });
    chips.style.display = chips.firstChild ? "" : "none";
    stretch.textContent = "";
    if (f.b && !(f.ask && asking(f, f.ask.v))) showStretch(f.b);
    live.querySelectorAll(".cs-array").forEach(showMarked);
  }
  function showMarked(box) { // of an array wider than the page, the cells in question
    if (box.scrollWidth <= box.clientWidth + 1) return;
    var cell = box.querySelector("td.w") || box.querySelector("td.r");
    box.tabIndex = 0; box.setAttribute("role", "group"); box.setAttribute("aria-label", box.firstChild.textContent + "«scrolls»");
    if (cell) box.scrollLeft = cell.offsetLeft + cell.offsetWidth - box.clientWidth + 24;
  }
  function showStretch(b) { // the operands of an elementwise expression, stretched to the common shape
    var size = sheet(b.d), line = make("div", "cs-arrays", null);
    make("div", "cs-name", stretch, «broadcasting | expression: b.t»).appendChild(make("small", "", null, «stretched | shape: shape(b.d)»));
    b.o.forEach(function (o) {
      var box = make("div", "cs-array", line), own = sheet(o.d), cells = o.c.split(" "), same = shape(o.d) === shape(b.d);
      var name = make("div", "cs-name", box, o.t);
      make("small", "", name, shape(o.d) + (same ? "" : " → " + shape(b.d)));
      box.insertAdjacentHTML("beforeend", table(size.rows, size.cols, 0, 0, b.d.length < 2, o.m, function (r, c) {
        var copy = (own.rows === 1 && r > 0) || (own.cols === 1 && c > 0 && size.cols > 1);
        return [cells[(own.rows === 1 ? 0 : r) * own.cols + (own.cols === 1 ? 0 : c)], copy ? "ghost" : ""];
      }));
    });
    stretch.appendChild(line);
  }

  // ---- predict first ----
  var answers = {}; // frame -> {guess, right}
  function asking(f, n) { return !!f.ask && f.ask.v === n && predict && predict.checked && !answers[D.frames.indexOf(f)]; }
  function showQuestion(f) {
    var a = f.ask, done = answers[now];
    quiz.textContent = ""; quiz.className = "cs-quiz";
    quiz.style.display = a && predict.checked ? "" : "none";
    if (!a || !predict.checked) return false;
    if (done) {
      quiz.classList.add(done.guess === undefined ? "shown" : done.right ? "right" : "wrong");
      make("span", "", quiz, done.guess === undefined ? «answer | cell: a.x | value: minus(a.a)» :
        «guessed | said: (done.right ? "✓ «you_said» " : "✗ «you_said» ") | guess: done.guess | cell: a.x | value: minus(a.a)»);
      return false;
    }
    make("label", "", quiz, "«predict» ").appendChild(make("b", "", null, a.x + " = "));
    var field = make("input", "", quiz.firstChild);
    field.type = "text"; field.size = 8; field.autocomplete = "off"; field.setAttribute("aria-label", «predict_cell | cell: a.x»);
    var ok = make("button", "", quiz, "«check»"), show = make("button", "", quiz, "«reveal»");
    ok.type = show.type = "button";
    make("span", "cs-hint", quiz, a.q);
    ok.onclick = function () { if (field.value.trim()) settle(field.value.trim()); else field.focus(); };
    show.onclick = function () { settle(); };
    field.onkeydown = function (e) { if (e.key === "Enter") { e.preventDefault(); ok.onclick(); } };
    return true;
  }
  function plain(text) { return text.toLowerCase().replace(/[−–]/g, "-").replace(/[\s()\[\]]/g, "").replace(/,$/, ""); }
  function close(guess, a) {
    var g = plain(guess), t = plain(a.a), part = t.split(".")[1];
    if (a.shape || isNaN(+t)) return g === t || ({ true: "t", false: "f" })[g] === t;
    var wrong = g === "" ? Infinity : Math.abs(+g.replace(",", ".") - +t);
    if (a.int) return wrong === 0;
    return wrong <= Math.max(0.05 * Math.abs(+t), part ? 1.001 * Math.pow(10, -part.length) : 0.01 * D.vars[a.v].m);
  }
  function settle(guess) {
    answers[now] = { guess: guess, right: guess !== undefined && close(guess, D.frames[now].ask) };
    go(now); root.focus({ preventScroll: true });
  }
  function showScore() {
    var all = Object.keys(answers).map(function (k) { return answers[k]; }).filter(function (a) { return a.guess !== undefined; });
    score.textContent = all.length ? «score | right: all.filter(function (a) { return a.right; }).length | all: all.length» : "";
  }

  // ---- moving ----
  var now = 0, timer = null, tall = 0, wide = 0; // tall: the height so far, kept so that the page does not jump
  if (window.ResizeObserver) new ResizeObserver(function () {
    if (root.offsetWidth !== wide) { wide = root.offsetWidth; tall = 0; main.style.minHeight = ""; showGraph(D.frames[now]); }
  }).observe(root);
  function go(k) {
    now = Math.max(0, Math.min(D.frames.length - 1, k));
    var f = D.frames[now];
    if (f.f !== shownFunction) showCode(f.f);
    Object.keys(rows).forEach(function (line) {
      rows[line].classList.toggle("on", +line >= f.l && +line <= (f.e || f.l));
      rows[line].classList.toggle("loop", (f.h || []).indexOf(+line) >= 0);
    });
    keepInSight(rows[f.l], rows[f.e || f.l]);
    var open = predict && showQuestion(f);
    if (!predict) quiz.style.display = "none"; else showScore();
    var text = open ? «predict_line | number: f.l | loop: (f.it ? «loop | loop: f.it» : "")» : f.s;
    say.textContent = text; say.classList.toggle("bad", !!f.bad);
    showVars(f, states[now]);
    showGraph(f);
    if (main.offsetHeight > tall) { tall = main.offsetHeight; main.style.minHeight = tall + "px"; }
    slider.value = now; slider.setAttribute("aria-valuetext", «count | number: now + 1 | count: D.frames.length»);
    place.textContent = now + 1 + " / " + D.frames.length;
    [bFirst, bBack, bNext, bLast].forEach(function (b, n) { // not `disabled`, which would lose the focus
      b.setAttribute("aria-disabled", n < 2 ? now === 0 : now === D.frames.length - 1);
    });
    if (jump) {
      var here = -1;
      stops.forEach(function (s) { if (s[1] <= now && f.it) here = s[1]; });
      jump.value = here;
    }
  }
  function keepInSight(first, last) { // scrolls the code, never the page
    if (!first) return;
    var top = first.offsetTop - code.offsetTop, end = last.offsetTop + last.offsetHeight - code.offsetTop;
    if (top < code.scrollTop || end > code.scrollTop + code.clientHeight) code.scrollTop = top - code.clientHeight / 3;
  }
  function forward() { // to the next frame; an open question is revealed first
    var f = D.frames[now];
    if (f.ask && asking(f, f.ask.v)) settle(); else go(now + 1);
  }
  function stop() {
    clearTimeout(timer); timer = null;
    bPlay.innerHTML = icon(ICON.play); bPlay.title = "«play»"; bPlay.setAttribute("aria-label", bPlay.title);
  }
  function toggle() {
    if (timer) return stop();
    if (now === D.frames.length - 1) go(0);
    bPlay.innerHTML = icon(ICON.pause); bPlay.title = "«pause»"; bPlay.setAttribute("aria-label", bPlay.title);
    timer = setTimeout(tick, +speed.value);
  }
  function tick() {
    if (!root.isConnected || now === D.frames.length - 1) return stop();
    go(now + 1);
    var f = D.frames[now];
    if (f.ask && asking(f, f.ask.v)) return stop(); // wait for the guess
    timer = setTimeout(tick, +speed.value);
  }
  root.addEventListener("keydown", function (e) {
    if (e.target.classList.contains("cs-array")) { e.stopPropagation(); return; } // the arrows scroll it
    if (/^(INPUT|SELECT|BUTTON|TEXTAREA|SUMMARY)$/.test(e.target.tagName) && !(e.target === slider && e.key === " ")) {
      if (!/^(BUTTON|SUMMARY)$/.test(e.target.tagName) || !/^Arrow|^Home$|^End$/.test(e.key)) { e.stopPropagation(); return; }
    }
    var act = {
      ArrowRight: function () { stop(); forward(); }, ArrowLeft: function () { stop(); go(now - 1); },
      Home: function () { stop(); go(0); }, End: function () { stop(); go(D.frames.length - 1); }, " ": toggle
    }[e.key];
    if (!act || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault(); e.stopPropagation(); act();
  });

  root.appendChild(live);
  root.classList.add("live");
  go(D.start || 0);
  printGraph();
  root.stepper = { go: go, get now() { return now; } };
}

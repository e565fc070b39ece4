// The graph on the page: folded, drawn at every frame while it is open, and once for paper.

import { make, refocus } from "./dom.js";
import { makeFlow } from "./flow.js";
import { nextFrame } from "./landmarks.js";
import { graphSvg } from "./svg.js";
import { say } from "./words.js";

const PAPER = 1000; // pixels

/** Make the folded graph; returns functions that show a frame and that add the last frame's for paper. */
export function makeGraph(player, live) {
  const { data, states, valueOf } = player, { arrowsOf, graphOf } = makeFlow(data, states, valueOf);
  const fold = make("details", "cs-fold", live);
  make("summary", "", fold, say("graph"));
  const place = make("div", "cs-graph", fold);
  const isThere = (frame) => data.graph !== 0 && graphOf(frame.f).first.size > 1;
  const draw = (frame, look, width) => {
    return graphSvg(graphOf(frame.f), data.vars, { frame, lit: arrowsOf(frame), ...look }, width);
  };
  function show(frame) {
    fold.style.display = isThere(frame) ? "" : "none";
    if (!isThere(frame) || !fold.open) return;
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.v : null;
    const look = { state: states[player.now], now: player.now };
    look.hides = (n) => player.hides(frame, n);
    look.sheet = (n) => player.chosen[n] || 0;
    place.innerHTML = draw(frame, look, place.clientWidth);
    if (held) refocus(place, "data-v", held);
  }
  function print() { // the last frame's; unless asked for, only where there are gradients
    const last = data.frames.length - 1, frame = data.frames[last], { pairs } = graphOf(frame.f);
    if (!isThere(frame) || !(data.graph || pairs)) return;
    const look = { state: states[last], now: last + 1, hides: () => false, sheet: () => 0 };
    const text = say("paper_graph") + (pairs ? say("paper_pairs") : "") + say("paper_negative");
    make("div", "cs-graph cs-paper", player.root).innerHTML = `<p>${text}</p>${draw(frame, look, PAPER)}`;
  }
  fold.open = data.graph === 1;
  fold.ontoggle = () => show(data.frames[player.now]);
  place.onclick = (event) => leapToBox(player, event);
  place.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    leapToBox(player, event);
  };
  return { show, print };
}

function leapToBox(player, event) { // to the next line that writes this box
  const box = event.target.closest("[data-v]");
  if (!box) return;
  const k = nextFrame(player.data.frames, player.now, (frame) => frame.w && box.dataset.v in frame.w);
  if (k >= 0) player.leap(k);
}

// The player: shows recorded frames. Called once per stepper with its root element and its data (schema.js); keeps
// nothing outside the root.

import { makeArrays } from "./arrays.js";
import { makeBar } from "./bar.js";
import { addClock } from "./clock.js";
import { label, make } from "./dom.js";
import { makeGraph } from "./graph.js";
import { makeJump } from "./jump.js";
import { addKeys } from "./keys.js";
import { gradients } from "./landmarks.js";
import { shareWidth } from "./layout.js";
import { makeListing } from "./listing.js";
import { makeQuiz } from "./quiz.js";
import { statesOf } from "./states.js";
import { say, speak } from "./words.js";

/**
 * Play the data in the root element, in the words of a language.
 * @param {import("./schema.js").Payload} data
 */
export function play(root, data, words) {
  if (!root || root.classList.contains("live")) return;
  speak(words);
  // What the parts share. chosen: variable -> sheet in view; picked: the variable whose tab is being clicked.
  const player = { root, data, states: statesOf(data.frames), now: 0, chosen: {}, picked: -1, ...gradients(data.vars) };
  const live = make("div", "cs-live");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  label(root, say("stepper", { title: data.title }));
  const parts = makeParts(player, live);
  addMoves(player, parts);
  addClock(player, parts.bar);
  addKeys(player, parts.bar.slider);
  root.appendChild(live);
  root.classList.add("live");
  player.go(data.start || 0);
  parts.graph.print();
  root.stepper = { go: player.go, get now() { return player.now; } };
}

function makeParts(player, live) {
  const { data, states } = player;
  makeHead(player, live);
  const bar = makeBar(player, live), quiz = makeQuiz(player, bar.node, live), showPlace = makeJump(player, bar.node);
  const sentence = make("div", "cs-say", live);
  for (const node of [sentence, quiz.place]) node.setAttribute("aria-live", "polite");
  const graph = makeGraph(player, live), main = make("div", "cs-main", live);
  const showCode = makeListing(player, main), showArrays = makeArrays(player, main, live);
  if (data.remark) make("div", "cs-remark", live, data.remark);
  shareWidth(main, data.fns, states);
  return { bar, quiz, showPlace, sentence, graph, main, showCode, showArrays };
}

function makeHead({ data, valueOf }, live) {
  const head = make("div", "cs-head", live);
  make("div", "cs-title", head, data.title);
  const marks = `<span><i class="kr"></i>${say("read")}<i class="kw"></i>${say("written")}</span>`;
  const signs = `<span><i class="kp"></i>${say("positive")}<i class="kn"></i>${say("negative")}</span>`;
  const pairs = Object.keys(valueOf).length ? ` <span>&emsp;${say("pairs")}</span>` : "";
  make("div", "cs-key", head).innerHTML = `${marks} ${signs}${pairs}`;
}

function addMoves(player, { bar, quiz, showPlace, sentence, graph, main, showCode, showArrays }) {
  const { root, data: { frames } } = player;
  let tallest = 0, width = 0; // the height so far is kept, so that the page does not jump
  player.go = (k) => { // to frame k
    player.now = Math.max(0, Math.min(frames.length - 1, k));
    const frame = frames[player.now];
    showCode(frame);
    sentence.textContent = quiz.show(frame) ? questionText(frame) : frame.s;
    sentence.classList.toggle("bad", !!frame.bad);
    showArrays(frame);
    graph.show(frame);
    if (main.offsetHeight > tallest) {
      tallest = main.offsetHeight;
      main.style.minHeight = `${tallest}px`;
    }
    bar.show(player.now);
    showPlace(player.now);
  };
  player.leap = (k) => { // to frame k, and play no further
    player.stop();
    player.go(k);
  };
  player.advance = () => { // to the next frame; an open question is revealed first
    player.stop();
    if (player.waits(frames[player.now])) player.settle();
    else player.go(player.now + 1);
  };
  if (!window.ResizeObserver) return;
  new ResizeObserver(() => {
    if (root.offsetWidth === width) return;
    width = root.offsetWidth;
    tallest = 0;
    main.style.minHeight = "";
    graph.show(frames[player.now]);
  }).observe(root);
}

function questionText({ l: number, it: loop }) {
  return say("predict_line", { number, loop: loop ? say("loop", { loop }) : "" });
}

// The list of iterations and lines to jump to.

import { label, make } from "./dom.js";
import { firstRuns, iterations } from "./landmarks.js";
import { say } from "./words.js";

const FEW = 4; // frames that need no list
const LONG = 36; // letters of a line of code

/** Make the list where there are frames enough; returns a function that shows in which iteration a frame is. */
export function makeJump(player, bar) {
  const { frames, fns } = player.data, turns = iterations(frames);
  if (frames.length <= FEW) return () => {};
  const list = make("select", "cs-jump", bar);
  label(list, say("jump"), true);
  make("option", "", list, say("jump_to")).value = -1;
  if (turns.length) addGroup(list, say("iteration"), turns);
  addGroup(list, say("first_run"), firstRuns(frames).map(([frame, k]) => [lineText(fns, frame), k]));
  list.onchange = () => {
    player.stop();
    if (+list.value >= 0) player.go(+list.value);
  };
  return (now) => {
    const begun = turns.filter(([, k]) => k <= now && frames[now].it);
    list.value = begun.length ? begun[begun.length - 1][1] : -1;
  };
}

function addGroup(list, text, places) {
  const group = make("optgroup", "", list);
  group.label = text;
  for (const [name, k] of places) make("option", "", group, name).value = k;
}

function lineText(fns, frame) {
  const { name, src } = fns[frame.f], text = src[frame.l - 1].trim();
  const short = text.length > LONG ? `${text.slice(0, LONG - 1)}…` : text;
  const place = fns.length > 1 ? name + say("changes_between") : "";
  return place + say("line_start", { number: frame.l }) + short;
}

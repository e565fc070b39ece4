// The bar of controls: buttons, slider, number of the frame, speed.

import { icon, label, make } from "./dom.js";
import { say } from "./words.js";

/** Make the bar; returns its element and what it shows and says. */
export function makeBar(player, parent) {
  const last = player.data.frames.length - 1, node = make("div", "cs-bar", parent);
  const [first, back, play, next, end] = [
    makeButton(node, "first", say("first_frame"), () => player.leap(0)),
    makeButton(node, "back", say("frame_back"), () => player.leap(player.now - 1)),
    makeButton(node, "play", say("play"), () => player.toggle()),
    makeButton(node, "next", say("next_frame"), () => player.advance()),
    makeButton(node, "last", say("last_frame"), () => player.leap(last)),
  ];
  const slider = makeSlider(node, last, (k) => player.leap(k));
  const place = make("span", "cs-count", node), speed = makeSpeed(node);
  return {
    node,
    slider,
    pace: () => +speed.value,
    showPlaying(playing) {
      play.innerHTML = icon(playing ? "pause" : "play");
      label(play, playing ? say("pause") : say("play"), true);
    },
    show(now) {
      slider.value = now;
      slider.setAttribute("aria-valuetext", say("count", { number: now + 1, count: last + 1 }));
      place.textContent = `${now + 1} / ${last + 1}`;
      const dim = (button, at) => button.setAttribute("aria-disabled", now === at); // `disabled` would lose the focus
      [first, back].forEach((button) => dim(button, 0));
      [next, end].forEach((button) => dim(button, last));
    },
  };
}

function makeButton(bar, name, text, act) {
  const button = make("button", "", bar);
  button.type = "button";
  label(button, text, true);
  button.innerHTML = icon(name);
  button.onclick = act;
  return button;
}

function makeSlider(bar, last, act) {
  const slider = make("input", "", bar);
  Object.assign(slider, { type: "range", min: 0, max: last, value: 0 });
  label(slider, say("frame"));
  slider.oninput = () => act(+slider.value);
  return slider;
}

function makeSpeed(bar) {
  const speed = make("select", "", bar);
  label(speed, say("speed"), true);
  const paces = [[say("slow"), 2200], [say("normal"), 1100], [say("fast"), 450], [say("very_fast"), 130]]; // ms a frame
  for (const [text, pace] of paces) make("option", "", speed, text).value = pace;
  speed.value = 1100;
  return speed;
}

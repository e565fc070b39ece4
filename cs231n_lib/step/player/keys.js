// The keys of the stepper; those of its controls stay theirs.

import { isCommand } from "./dom.js";

/** Answer to the arrows, Home, End and space. */
export function addKeys(player, slider) {
  const acts = {
    ArrowRight: () => player.advance(),
    ArrowLeft: () => player.leap(player.now - 1),
    Home: () => player.leap(0),
    End: () => player.leap(player.data.frames.length - 1),
    " ": () => player.toggle(),
  };
  player.root.addEventListener("keydown", (event) => {
    if (isTheirs(event, slider)) return event.stopPropagation();
    const act = acts[event.key];
    if (!act || isCommand(event)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}

function isTheirs({ target, key }, slider) { // is the key meant for the control that has the focus?
  if (target.classList.contains("cs-array")) return true; // the arrows scroll it
  if (target === slider && key === " ") return false;
  if (/^(BUTTON|SUMMARY)$/.test(target.tagName)) return !/^Arrow|^Home$|^End$/.test(key);
  return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

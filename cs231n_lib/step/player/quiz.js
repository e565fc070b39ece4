// Predict first: what a line writes stays hidden until it is guessed or revealed.

import { isRight } from "./guess.js";
import { label, make } from "./dom.js";
import { minus } from "./table.js";
import { say } from "./words.js";

/** Make the switch and the score in the bar, if anything is asked, and the place of the questions. */
export function makeQuiz(player, bar, live) {
  const { frames, vars } = player.data, answers = {}; // number of a frame -> {guess, right}
  const wish = frames.some((frame) => frame.ask) ? makeSwitch(bar, () => player.go(player.now)) : null;
  const score = wish && make("span", "cs-score", bar), place = make("div", "cs-quiz", live);
  player.hides = (frame, n) => {
    return !!wish && wish.checked && !!frame.ask && frame.ask.v === n && !answers[frames.indexOf(frame)];
  };
  player.waits = (frame) => !!frame.ask && player.hides(frame, frame.ask.v);
  player.settle = (guess) => {
    const { ask } = frames[player.now];
    const right = guess !== undefined && isRight(guess, ask, vars[ask.v].m);
    answers[player.now] = { guess, right };
    player.go(player.now);
    player.root.focus({ preventScroll: true });
  };
  return {
    place,
    show({ ask }) { // returns whether a question is open
      const answer = answers[player.now], asks = !!ask && !!wish && wish.checked;
      if (score) score.textContent = scoreText(Object.values(answers));
      place.textContent = "";
      place.className = "cs-quiz";
      place.style.display = asks ? "" : "none";
      if (asks && answer) showAnswer(place, ask, answer);
      if (asks && !answer) showQuestion(place, ask, player.settle);
      return asks && !answer;
    },
  };
}

function makeSwitch(bar, act) {
  const wish = make("label", "cs-predict", bar), box = make("input", "", wish);
  box.type = "checkbox";
  box.checked = true;
  wish.appendChild(document.createTextNode(` ${say("predict_first")}`));
  box.onchange = act;
  return box;
}

/** Count the answers that were right; what was revealed without a guess does not count. */
export function scoreText(answers) {
  const guessed = answers.filter(({ guess }) => guess !== undefined);
  if (!guessed.length) return "";
  return say("score", { right: guessed.filter(({ right }) => right).length, all: guessed.length });
}

function showAnswer(place, ask, { guess, right }) {
  const told = { cell: ask.x, value: minus(ask.a) }, said = `${right ? "✓" : "✗"} ${say("you_said")} `;
  place.classList.add(guess === undefined ? "shown" : right ? "right" : "wrong");
  make("span", "", place, guess === undefined ? say("answer", told) : say("guessed", { said, guess, ...told }));
}

function showQuestion(place, ask, settle) {
  const text = make("label", "", place, `${say("predict")} `);
  make("b", "", text, `${ask.x} = `);
  const field = make("input", "", text);
  Object.assign(field, { type: "text", size: 8, autocomplete: "off" });
  label(field, say("predict_cell", { cell: ask.x }));
  const check = make("button", "", place, say("check")), reveal = make("button", "", place, say("reveal"));
  check.type = reveal.type = "button";
  make("span", "cs-hint", place, ask.q);
  check.onclick = () => (field.value.trim() ? settle(field.value.trim()) : field.focus());
  reveal.onclick = () => settle();
  field.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    check.onclick();
  };
}

// Is a guess right?

function plain(text) {
  return text.toLowerCase().replace(/[−–]/g, "-").replace(/[\s()[\]]/g, "").replace(/,$/, "");
}

/**
 * Judge a guess as closely as the answer is shown: shapes, words and whole numbers exactly, other numbers within 5 %,
 * one unit of the last decimal shown, or 1 % of `top`, the largest magnitude of the variable.
 */
export function isRight(guess, ask, top) {
  const given = plain(guess), answer = plain(ask.a);
  if (ask.shape || isNaN(+answer)) return given === answer || { true: "t", false: "f" }[given] === answer;
  const wrong = given === "" ? Infinity : Math.abs(+given.replace(",", ".") - +answer);
  if (ask.int) return wrong === 0;
  const decimals = answer.split(".")[1];
  return wrong <= Math.max(0.05 * Math.abs(+answer), decimals ? 1.001 * 10 ** -decimals.length : 0.01 * top);
}

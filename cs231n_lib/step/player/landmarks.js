// Places in a recording that one may want to go to.

/** Return [loop variables, frame] where each iteration begins. */
export function iterations(frames) {
  return frames.flatMap(({ it }, k) => (it && (!k || frames[k - 1].it !== it) ? [[it, k]] : []));
}

/** Return [frame, its number] for the first run of each line. */
export function firstRuns(frames) {
  const runs = new Map();
  frames.forEach((frame, k) => {
    const line = `${frame.f} ${frame.l}`;
    if (frame.l && !runs.has(line)) runs.set(line, [frame, k]);
  });
  return [...runs.values()];
}

/** Return the number of the next frame after `now` that fits, going on from the start, itself the last; else -1. */
export function nextFrame(frames, now, fits) {
  for (let n = 1; n <= frames.length; n++) {
    const k = (now + n) % frames.length;
    if (fits(frames[k])) return k;
  }
  return -1;
}

/** Pair each gradient dx with its value x: key of dx -> key of x, and of each -> key of the other. */
export function gradients(vars) {
  const valueOf = {}, mates = {};
  vars.forEach((value, n) => {
    vars.forEach((other, m) => {
      if (other.f !== value.f || other.n !== `d${value.n}`) return;
      valueOf[m] = mates[m] = n;
      mates[n] = m;
    });
  });
  return { valueOf, mates };
}

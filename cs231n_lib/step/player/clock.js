// Playing: from frame to frame by itself, at the speed of the bar, until a question is open.

/** Give the player `stop` and `toggle`. */
export function addClock(player, bar) {
  const last = player.data.frames.length - 1;
  let timer = null;
  const wait = () => { timer = setTimeout(tick, bar.pace()); };
  function tick() {
    if (!player.root.isConnected || player.now === last) return player.stop();
    player.go(player.now + 1);
    if (player.waits(player.data.frames[player.now])) return player.stop();
    wait();
  }
  player.stop = () => {
    clearTimeout(timer);
    timer = null;
    bar.showPlaying(false);
  };
  player.toggle = () => {
    if (timer) return player.stop();
    if (player.now === last) player.go(0);
    bar.showPlaying(true);
    wait();
  };
}

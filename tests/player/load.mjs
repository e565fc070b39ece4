// Loads the player's modules; where PLAYER_JOINED names the text they are joined into, the names come from there.
const folder = new URL("../../cs231n_lib/step/player/", import.meta.url);

export async function load(name) {
  return import(process.env.PLAYER_JOINED || new URL(name, folder));
}

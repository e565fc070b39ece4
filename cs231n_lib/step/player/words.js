// What the player says, in the language of the page. Which sentences it needs is read from its calls say("key"...).

let sentences = {};

/** Take the table of sentences, such as {count: "{number} of {count}"}. */
export function speak(table) {
  sentences = table;
}

/** Return a sentence with its fields filled in. */
export function say(key, fields = {}) {
  return sentences[key].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
}

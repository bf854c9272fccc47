/* The line at the foot of a page that tells what is saved. */

import { characters } from "./fields.js";

const NEARLY = 0.97; // of what a page holds

export class SavedLine {
  /* `words`: the form's data attributes, from components/autosave_attributes.html. */
  constructor(line, words, limit) {
    Object.assign(this, { line, words, limit });
  }

  say(words, problem = false) {
    if (this.line.textContent !== words) this.line.textContent = words;
    if (problem) this.line.dataset.state = "problem";
    else delete this.line.dataset.state;
  }

  isTooLong(text) {
    return text.length > this.limit && characters(text) > this.limit;
  }

  /* What there is to say while somebody types. False where the text is too long to be saved. */
  tellLength(text, usual) {
    const length = text.length > this.limit * NEARLY ? characters(text) : 0;
    if (length > this.limit) this.say(this.words.overLimit, true);
    else if (length > this.limit * NEARLY) this.say(this.words.nearLimit);
    else if (usual) this.say(usual);
    return length <= this.limit;
  }
}

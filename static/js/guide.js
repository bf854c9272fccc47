/* Puts a guide's answers together into the one text that is saved, and takes them apart again when a text comes back
 * from this device: [data-parts]. The same as journal/nights/guide_pages.py does for a page without scripts.
 */

const PARTS = "[data-parts]";

function together(answers) {
  return answers
    .filter(({ field }) => field.value.trim())
    .map(({ ask, field }) => `**${ask}**\n\n${field.value}`)
    .join("\n\n");
}

/* Each line of bold that is a question begins its answer. What stands before the first goes to the first. */
function takeApart(text, answers) {
  const lines = new Map();
  let here = answers[0].ask;
  for (const line of text.split("\n")) {
    const ask = line.startsWith("**") && line.endsWith("**") ? line.slice(2, -2) : "";
    if (answers.some((answer) => answer.ask === ask) && !lines.has(ask)) {
      here = ask;
      lines.set(ask, []);
    } else if (lines.has(here)) lines.get(here).push(line);
    else if (line.trim()) lines.set(here, ["", line]);
  }
  const last = [...lines.keys()].at(-1);
  for (const { ask, field } of answers) {
    const body = (lines.get(ask) ?? []).join("\n").replace(/^\n/, "");
    field.value = ask === last ? body : body.replace(/\n$/, "");
  }
}

for (const parts of document.querySelectorAll(PARTS)) {
  const text = parts.closest("form").elements.text;
  const answers = [...parts.querySelectorAll(".part")].map((part) => {
    const asked = part.querySelector("[name=ask]");
    const field = part.querySelector("textarea");
    asked.removeAttribute("name"); // from here on the one text is what is sent
    field.removeAttribute("name");
    return { ask: asked.value, field };
  });
  let mine = false;
  parts.addEventListener("input", () => {
    text.value = together(answers);
    mine = true;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    mine = false;
  });
  text.addEventListener("input", () => mine || takeApart(text.value, answers));
  // What was typed before this script was there; autosave.js comes after it.
  if (answers.some(({ field }) => field.value !== field.defaultValue)) text.value = together(answers);
}

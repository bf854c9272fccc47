/* The fields of components/writing.html: what a page holds, what it came with, and what is sent of it. */

export const CONTENT = ["text", "feeling", "night", "prompt", "mode"];
export const IDS = ["author", "entry", "page", "seq", "base"];
const BESIDES = ["wording"]; // the words of the question, signed: prompts/wording.py

/* What is written on the page, as one string that tells one text from another. */
export function content(form) {
  const data = new FormData(form);
  return JSON.stringify(CONTENT.map((name) => data.get(name) ?? ""));
}

/* The same as the page came from the server. What was typed before the scripts were there is not part of it. */
export function original(form) {
  return JSON.stringify(CONTENT.map((name) => defaultOf(form.elements[name])));
}

function defaultOf(field) {
  if (field instanceof RadioNodeList) return [...field].find((radio) => radio.defaultChecked)?.value ?? "";
  return field?.defaultValue ?? "";
}

/* What a save sends, under this number. */
export function body(form, seq) {
  const data = new FormData(form);
  const fields = new URLSearchParams();
  for (const name of [...IDS, ...CONTENT, ...BESIDES]) fields.set(name, data.get(name) ?? "");
  fields.set("seq", String(seq));
  return fields;
}

/* Puts what was sent once back into the page, under the question that it answers. */
export function fill(form, fields) {
  for (const name of [...IDS, ...CONTENT, ...BESIDES]) form.elements[name].value = fields.get(name) ?? "";
  const wording = form.elements.wording.value;
  const heading = form.querySelector(".asked h1");
  if (heading && wording) heading.textContent = JSON.parse(wording.slice(0, wording.lastIndexOf(":")));
}

/* Sends along what the page was based on, so that two texts can be put together. */
export function tellAncestor(form, ancestor) {
  const field = form.querySelector("[name=ancestor]") ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name: "ancestor", value: ancestor });
  form.append(field);
}

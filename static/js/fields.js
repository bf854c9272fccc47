/* The fields of components/writing.html: what a page holds, what it came with, and what is sent of it. */

export const CONTENT = ["text", "feeling", "night", "prompt", "mode", "children"];
export const IDS = ["author", "entry", "page", "seq", "base"];
const BESIDES = ["wording"]; // the words of the question, signed: prompts/wording.py

/* How many characters the server counts: an emoji is one, though it takes two places in the string. */
export function characters(text) {
  let pairs = 0;
  for (let place = 0; place < text.length - 1; place += 1) if (text.codePointAt(place) > 0xffff) pairs += 1;
  return text.length - pairs;
}

const BREAKS = /[\v\f\x85]/g; // what breaks a line, or a page of a PDF
const CONTROLS = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/g;

/* The text without characters that cannot be kept: the same rule as common/text.py. */
export const repair = (text) => text.replace(BREAKS, "\n").replace(CONTROLS, "");

/* Takes them out of a field that somebody writes in. False where there are none. */
export function repairField(field) {
  const repaired = repair(field.value);
  if (repaired === field.value) return false;
  const caret = repair(field.value.slice(0, field.selectionEnd)).length;
  field.value = repaired;
  field.setSelectionRange(caret, caret);
  return true;
}

/* What a page holds under a name; of several children, their ids with a space between them. */
const held = (data, name) => data.getAll(name).filter(Boolean).join(" ");

/* What is written on the page, as one string that tells one text from another. */
export function content(form) {
  const data = new FormData(form);
  return JSON.stringify(CONTENT.map((name) => held(data, name)));
}

/* The same as the page came from the server. What was typed before the scripts were there is not part of it. */
export function original(form) {
  return JSON.stringify(CONTENT.map((name) => defaultOf(form.elements[name])));
}

function defaultOf(field) {
  if (!(field instanceof RadioNodeList)) return field?.defaultValue ?? "";
  const chosen = [...field].filter((input) => input.type === "hidden" || input.defaultChecked);
  return chosen.map((input) => input.defaultValue).filter(Boolean).join(" ");
}

/* What a save sends, under this number; with the work of the button that was pressed, if one was. */
export function body(form, seq, button = null) {
  const data = new FormData(form);
  const fields = new URLSearchParams();
  for (const name of [...IDS, ...CONTENT, ...BESIDES]) fields.set(name, held(data, name));
  if (!data.has("children")) fields.delete("children"); // a page without the field leaves them as they are
  fields.set("seq", String(seq));
  if (button?.value) fields.set("action", button.value);
  if (button?.value && data.get("announced")) fields.set("announced", data.get("announced"));
  return fields;
}

/* Puts what was sent once back into the page, under the question that it answers. */
export function fill(form, fields) {
  for (const name of [...IDS, ...CONTENT, ...BESIDES]) {
    if (name !== "children") form.elements[name].value = fields.get(name) ?? "";
    else if (fields.has(name)) choose(form, fields.get(name).split(" "));
  }
  const wording = form.elements.wording.value;
  const heading = form.querySelector(".asked h1");
  if (heading && wording) heading.textContent = JSON.parse(wording.slice(0, wording.lastIndexOf(":")));
}

/* Chooses these children on the page. Those that it does not offer, as without a network, are sent along unseen. */
function choose(form, ids) {
  const offered = [...form.querySelectorAll("[name=children]:not([type=hidden])")];
  for (const box of offered) box.checked = ids.includes(box.value);
  const unseen = ids.filter((id) => !offered.some((box) => box.value === id));
  hide(form, "children", unseen.join(" "));
}

function hide(form, name, value) {
  const field = form.querySelector(`[type=hidden][name=${name}]`) ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  if (!field.form) form.append(field);
}

/* Sends along what the page was based on, so that two texts can be put together. */
export const tellAncestor = (form, ancestor) => hide(form, "ancestor", ancestor);

/* A set is built: form[data-set]. It is saved as it is written (saving.js), its questions are moved, taken out, put back and added without
 * a reload, and the library beside them is searched as one types. Without this every button loads the page anew.
 */

import { Asking } from "./ask.js";
import { Saving } from "./saving.js";
import { Library } from "./set-library.js";
import { Steps } from "./steps.js";

const form = document.querySelector("form[data-set]");
const list = form.querySelector("[data-steps]");
const box = form.elements.own;
const conflict = form.querySelector("[data-conflict]");
const general = form.querySelector("[data-problems]");
const asking = new Asking();

const IGNORED = new Set(["q", "theme", "age", "depth", "searched", "own", "own_key", "prompt_key", "copy_id", "action"]);

const saving = new Saving(form, {
  ignored: (name) => IGNORED.has(name),
  action: "keep",
  last: () => (box.value.trim() ? "own" : ""),
  onSaved,
  onUnchanged: () => showErrors({}),
  onRefused: (answer) => showErrors(answer.errors ?? {}, answer.problems ?? []),
  onConflict: showConflict,
});
const steps = new Steps(list, form.querySelector("[data-said]"), () => saving.onChange());
const library = new Library(form.querySelector("[data-library]"), form, isAsked, (words) => steps.say(words));

function isAsked(slug) {
  return steps.asked().some((step) => step.querySelector("input[name$='-prompt']").value === slug);
}

/* --- What is wrong, beside its field. */

function clearErrors() {
  general.hidden = true;
  for (const errors of form.querySelectorAll("ul.errorlist:not([data-problems])")) errors.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== `${field.id}_error`);
    field.setAttribute("aria-describedby", described.join(" "));
  }
}

function fillList(errors, messages) {
  const items = messages.map((message) => Object.assign(document.createElement("li"), { textContent: message }));
  errors.replaceChildren(...items);
  return errors;
}

function showErrors(errors, problems = []) {
  clearErrors();
  general.hidden = problems.length === 0;
  fillList(general, problems);
  for (const [id, messages] of Object.entries(errors)) {
    const place = document.getElementById(id);
    if (!place) continue;
    const made = fillList(Object.assign(document.createElement("ul"), { className: "errorlist", id: `${id}_error` }), messages);
    const step = place.closest("[data-step]");
    const folded = place.closest("details") ?? step?.querySelector("details");
    if (folded) folded.open = true;
    if (place === step) {
      step.querySelector("[data-errors]").append(made);
      continue;
    }
    place.closest(".field").append(made);
    place.setAttribute("aria-invalid", "true");
    place.setAttribute("aria-describedby", `${place.getAttribute("aria-describedby") ?? ""} ${id}_error`.trim());
  }
}

/* --- Saved, or changed elsewhere. */

function onSaved(answer) {
  conflict.replaceChildren();
  showErrors(answer.errors ?? {});
  form.elements.own_key.value = answer.own_key;
  form.elements.prompt_key.value = answer.prompt_key;
  document.querySelector("[data-name]").textContent = answer.name;
  saving.follow(() => list.append(...answer.added.map(placeholder)));
}

/* The fields of a question that the server has added, until its line is there. */
function placeholder({ key, prompt, question, note }) {
  document.getElementById(`step-${key}`)?.remove();
  const line = Object.assign(document.createElement("li"), { id: `step-${key}`, hidden: true });
  const fields = { step: key, [`${key}-prompt`]: prompt, [`${key}-question`]: question, [`${key}-note`]: note };
  for (const [name, value] of Object.entries(fields)) {
    line.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  return line;
}

/* Both are shown: the page that the same text without a script leads to has them. */
async function showConflict() {
  const fields = saving.body("save");
  fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const page = await asking.ask(saving.url, fields).catch(() => null);
  const stored = page?.querySelector("[data-version]");
  if (!stored) return;
  conflict.replaceChildren(stored);
  stored.scrollIntoView({ block: "nearest" });
}

/* --- Acts. */

function refresh() {
  steps.renumber();
  library.mark();
  form.querySelector("[data-none]").hidden = steps.asked().length > 0;
}

function takeOut(step) {
  step.dataset.out = "";
  step.querySelector("input[name=out]").disabled = false;
  step.querySelector("[data-put-back]").focus({ preventScroll: true });
  refresh();
  steps.say(list.dataset.outWords);
  saving.onChange();
}

function putBack(step) {
  delete step.dataset.out;
  step.querySelector("input[name=out]").disabled = true;
  step.querySelector("summary").focus({ preventScroll: true });
  refresh();
  steps.say(`${list.dataset.backWords} ${steps.title(step)}`);
  saving.onChange();
}

function move(step, button, by) {
  steps.moveAndSay(step, by);
  if (button.disabled) step.querySelector(by < 0 ? "[data-down]" : "[data-up]").focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

/* The server adds, and its page has the new lines: those are put in, and nothing else on this page is touched. */
async function add(action, button) {
  const typed = box.value;
  const answer = await saving.act(action);
  if (answer?.state !== "saved") return;
  if (box.value.startsWith(typed)) box.value = answer.own + box.value.slice(typed.length);
  if (answer.added.length && !(await showAdded(answer.added))) return;
  refresh();
  steps.say(answer.added.length ? `${list.dataset.addedWords} ${lastTitle()}` : "");
  if (button.hidden) focusOn(button.closest("li"));
}

/* False where the page has to be loaded to show them: they are saved. */
async function showAdded(added) {
  const page = await asking.ask(saving.url).catch(() => null);
  const lines = added.map(({ key }) => page?.getElementById(`step-${key}`));
  if (!lines.every(Boolean)) {
    if (!saving.isDirty()) window.location.reload();
    return false;
  }
  saving.follow(() => {
    for (const line of lines) {
      document.getElementById(line.id).replaceWith(line);
      steps.equip(line);
    }
  });
  return true;
}

/* The button that had the focus is gone: its line has it, so that the next key goes on from there. */
function focusOn(line) {
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
}

function lastTitle() {
  const asked = steps.asked();
  return asked.length ? steps.title(asked[asked.length - 1]) : "";
}

async function saveNow() {
  if (box.value.trim()) await add("own", form.querySelector("[data-act]"));
  else await saving.send();
  form.querySelector("[aria-invalid]")?.focus();
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  const step = button?.closest("[data-step]");
  const [verb] = (button?.value ?? "save").split(":");
  if (verb === "both") return saving.stop();
  event.preventDefault();
  if (verb === "up") move(step, button, -1);
  else if (verb === "down") move(step, button, 1);
  else if (verb === "out") takeOut(step);
  else if (verb === "back") putBack(step);
  else if (verb === "add" || verb === "own") add(button.value, button);
  else if (verb === "search" || (verb === "enter" && document.activeElement.closest("[data-filters]"))) library.find();
  else if (button?.matches("[data-mine]")) saving.overwrite(button.closest("[data-version]").dataset.version);
  else saveNow();
});

/* The line of a question says what is written in it. */
form.addEventListener("input", ({ target }) => {
  const step = target.closest("[data-step]");
  if (step && target.name.endsWith("-question")) {
    for (const line of step.querySelectorAll("[data-line]")) line.textContent = target.value.trim() || list.dataset.emptyWords;
  }
  if (step && target.name.endsWith("-note")) step.querySelector("[data-has-note]").hidden = !target.value.trim();
});

/* What is written is saved before a link leads on to a page that shows it. Where that fails, the browser asks. */
document.getElementById("main").addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]:not([target])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.getAttribute("href").startsWith("#")) return;
  if (link.matches("[data-theirs]")) return saving.stop();
  if (!saving.isDirty() && !saving.sending) return;
  event.preventDefault();
  await saving.send();
  window.location.assign(link.href);
});

form.querySelector("[data-select]")?.select();
if (saving.isDirty()) saving.onChange();

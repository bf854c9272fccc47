/* Searching, and narrowing the timeline: form[data-search]. What it finds is swapped in while somebody types or chooses, and a page that
 * was found opens in its place, so the browser's Back leads to the list. Words are sent by POST and are in no address and no history; the
 * list is asked for anew on the way back, as every page is. Without this the same forms and buttons load whole pages.
 */

import { Asking } from "./ask.js";

const PAUSE = 250; // milliseconds without a key
const LOW = 520; // pixels: a keyboard leaves no more of a phone's screen
const GO_ON = 150; // milliseconds between two requests while an index is built

const form = document.querySelector("form[data-search]");
const main = document.querySelector("main");

const asking = new Asking();
let waiting = 0;
let list = null; // what one comes back to, while a page that was found is in its place

const part = (page, name) => page.querySelector(`[data-${name}]`);

function stop() {
  clearTimeout(waiting);
  asking.stop();
}

/* The page that these fields lead to; null where another request was made meanwhile. */
function ask(url, fields) {
  stop();
  return asking.ask(url, fields);
}

function say(text) {
  const said = part(document, "said");
  if (said.textContent !== text) said.textContent = text;
}

function show(page) {
  const found = part(page, "found");
  const failed = page.querySelector(".failures");
  if (failed) {
    failed.removeAttribute("autofocus"); // it would take the focus from what is being typed
    found.prepend(failed);
  }
  document.querySelector("main > .failures")?.remove();
  part(document, "found").replaceWith(found);
  const isLow = innerHeight < LOW && found.getBoundingClientRect().top > innerHeight / 2;
  if (isLow && document.activeElement === form.elements.words) form.scrollIntoView();
  const isReading = part(found, "progress");
  if (!isReading) say((failed ?? part(found, "count") ?? found).textContent.trim().replace(/\s+/g, " "));
  const hits = found.querySelector("#hits");
  if (isReading && hits) waiting = setTimeout(() => swap(hits.action, new FormData(hits)), GO_ON);
}

/* Swaps in what is found; false where the answer is another page, as when the session has ended. */
async function swap(url, fields) {
  if (form.dataset.part) fields.set("part", form.dataset.part);
  try {
    const page = await ask(url, fields);
    const isFound = Boolean(page && part(page, "found"));
    if (isFound) show(page);
    else if (page) say(form.dataset.failed);
    return !page || isFound;
  } catch {
    say(form.dataset.failed);
    return false;
  }
}

function find({ isTyping = false, submitter = null } = {}) {
  const fields = new FormData(form, submitter);
  if (isTyping) fields.set("typing", "on");
  return swap(form.action, fields);
}

/* Where somebody chose to see what there is, it is what they see next; where they pressed Enter, they may go on typing. */
function lookAt() {
  const heading = document.querySelector(".failures") ?? document.getElementById("found");
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: "nearest" });
}

async function submitSearch(event) {
  const { submitter } = event;
  event.preventDefault();
  if (!(await find({ submitter }))) {
    form.submit();
    return;
  }
  const narrow = part(form, "narrow");
  if (submitter?.name === "span") fillIn(submitter.value);
  if (submitter?.closest("[data-narrow]")) {
    narrow.open = Boolean(document.querySelector(".failures"));
    lookAt();
  } else if (matchMedia("(pointer: coarse)").matches) {
    document.activeElement.blur(); // the keyboard would lie over what was found
  }
}

/* A button that names a span leaves both its nights in the fields, as the server does. */
function fillIn(span) {
  const [start, length] = span.split("+");
  const [year, month] = start.split("-").map(Number);
  form.elements.first.value = `${start}-01`;
  form.elements.last.value = new Date(Date.UTC(year, month - 1 + Number(length), 0)).toISOString().slice(0, 10);
}

/* A page that was found opens where the list was. Its own address is all that the browser learns. */
async function open(button) {
  const hits = button.form;
  const [top, pk] = [scrollY, button.closest("li").id];
  const fields = new FormData(hits, button);
  const page = await ask(button.formAction, fields).catch(() => null);
  const back = page && part(page, "back");
  if (!back) {
    hits.action = button.formAction;
    hits.submit();
    return;
  }
  list = { nodes: [...main.childNodes], title: document.title, top, pk, url: hits.action, fields };
  main.replaceChildren(...page.querySelector("main").childNodes);
  document.title = page.title;
  history.pushState("found", "", back.dataset.back);
  main.focus({ preventScroll: true });
  const match = document.getElementById("match");
  scrollTo(0, 0);
  if (match && match.getBoundingClientRect().bottom > innerHeight) match.scrollIntoView({ block: "center" });
}

/* Asks for the list anew: what was deleted or changed meanwhile, and a session that has ended, show. */
async function comeBack() {
  const { nodes, title, top, pk, url, fields } = list;
  list = null;
  if (form.dataset.part) fields.set("part", form.dataset.part);
  const page = await ask(url, fields).catch(() => null);
  if (!page || !part(page, "found")) {
    location.reload();
    return;
  }
  main.replaceChildren(...nodes);
  document.title = title;
  show(page);
  scrollTo(0, top);
  document.getElementById(pk)?.querySelector("button").focus({ preventScroll: true });
}

/* Without filters the form has none either, or the next key would narrow again. */
function clearFilters() {
  for (const field of form.querySelectorAll("[data-narrow] :is(input, select:not([name=order]))")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
}

async function turn(event) {
  const { target, submitter } = event;
  event.preventDefault();
  if (submitter?.matches("[data-everywhere]")) clearFilters();
  if (submitter?.matches("[data-hit]")) {
    open(submitter);
    return;
  }
  if (await swap(target.action, new FormData(target, submitter))) lookAt();
  else target.submit();
}

function onSubmit(event) {
  if (event.target === form) submitSearch(event);
  else if (event.target.matches("[data-hits]")) turn(event);
  else if (event.target.matches("[data-back]") && list) {
    event.preventDefault();
    history.back();
  }
}

function onInput(event) {
  const isTyping = event.target.name === "words";
  if (event.isComposing || event.target.type === "date") return;
  stop();
  waiting = setTimeout(() => find({ isTyping }), PAUSE);
}

function onLeave() {
  find();
}

/* A date changes with each of its parts, and is meant only when all are there. */
function onChange(event) {
  const { target } = event;
  if (target.type === "date") target.addEventListener("blur", onLeave, { once: true });
}

/* Some browsers empty a field of this kind when Escape is pressed. */
function onKey(event) {
  if (event.key === "Escape" && event.target.name === "words") event.preventDefault();
}

/* A list, and forward again: the browser has to ask, since nothing of it was kept. */
function onPopState(event) {
  if (list) comeBack();
  else if (event.state === "found") location.reload();
}

if (form) {
  form.addEventListener("input", onInput);
  form.addEventListener("compositionend", onInput);
  form.addEventListener("keydown", onKey);
  form.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  addEventListener("popstate", onPopState);
}

/* Loaded whole, without the script above: reloading leads to the page itself, instead of asking whether to send it all again. */
const back = document.querySelector("[data-back]");
if (back) history.replaceState(null, "", back.dataset.back);

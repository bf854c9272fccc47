/* Leave quickly: form[data-leave], and Shift pressed three times. The page is covered at once; what is being written is
 * saved and the session ended in one request; then a neutral site takes this page's place in the browser's history.
 * Without this the form does the same by itself, only that the page stays in the history. form[data-leave-line] explains it.
 */

import { deviceKey, outbox } from "./on-device.js";

const WAIT = 1500; // milliseconds at most until the page is left, answered or not
const PRESSES = 3;
const WITHIN = 5000; // milliseconds
const KEEPALIVE_LIMIT = 60000; // bytes that browsers let a closing page send

const OTHER_TABS = 200; // milliseconds that they have for that

const channel = new BroadcastChannel("nightlight");
const form = document.querySelector("form[data-leave]");
let leaving = false;

function cover() {
  document.documentElement.dataset.leaving = "";
  document.title = "…";
}

/* The fields of the page that is being written: autosave.js gives them under a number of their own, and stops. */
function written() {
  const page = document.getElementById("writing");
  if (!page || page.hidden) return new URLSearchParams();
  const asked = new CustomEvent("nightlight:leaving", { detail: { body: null } });
  page.dispatchEvent(asked);
  const body = asked.detail.body ?? new URLSearchParams(new FormData(page));
  body.set("at", page.getAttribute("action") ?? window.location.pathname);
  return body;
}

/* The device forgets the person, unless something of theirs waits that the server does not have. */
async function forget(person, body) {
  if (!person) return;
  if (body.has("page")) await outbox.drop(body.get("page"), Number(body.get("seq")));
  if ((await outbox.waiting(person)).length === 0) await outbox.forget(person);
}

async function end(person, body) {
  if (person) {
    channel.postMessage({ flush: person }); // other tabs send what they hold, while there is a session
    await new Promise((resolve) => setTimeout(resolve, OTHER_TABS));
  }
  const keepalive = body.toString().length < KEEPALIVE_LIMIT;
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive });
  if ((await answer.json()).saved) await forget(person, body);
}

async function leave() {
  if (leaving) return;
  leaving = true;
  cover();
  const { person } = document.body.dataset;
  // What is unsent stays on the device, sealed, and nothing there opens it once its key is locked.
  const ended = end(person, written()).catch(() => {}).finally(() => deviceKey.lock().catch(() => {}));
  deviceKey.lock().catch(() => {});
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, WAIT))]);
  if (person) channel.postMessage({ gone: person });
  window.location.replace(form.dataset.leave);
}

function onShift() {
  const dots = form.querySelector("[data-dots]");
  const said = form.querySelector("[data-leave-said]");
  let alone = false; // Shift is down, and nothing else was pressed with it
  let presses = [];
  let timer = 0;

  function show() {
    dots.hidden = presses.length === 0;
    dots.dataset.pressed = String(presses.length);
    said.textContent = presses.length ? `${said.dataset.leaving} ${presses.length}/${PRESSES}` : "";
  }

  function startOver() {
    alone = false;
    if (presses.length) presses = [];
    show();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") startOver();
    else if (!event.repeat) alone = true;
  });
  document.addEventListener("pointerdown", startOver);
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < WITHIN), now];
    show();
    clearTimeout(timer);
    timer = setTimeout(startOver, WITHIN);
    if (presses.length >= PRESSES) leave();
  });
}

if (form) {
  const button = form.querySelector("[data-leave-button]");
  button.setAttribute("form", form.id); // or Enter in a page that is written on would press it
  button.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  onShift();
}

/* The line that says what it does is put away without leaving the page, on which something may have been typed. */
const line = document.querySelector("form[data-leave-line]");
line?.addEventListener("submit", (event) => {
  event.preventDefault();
  fetch(line.action, { method: "POST", body: new FormData(line), redirect: "manual" }).catch(() => {}); // else it is there again
  line.remove();
  document.getElementById("main").focus({ preventScroll: true });
});

/* Leave quickly: form[data-leave], and Shift pressed three times. The page is covered at once; what is being written is
 * saved and the session ended in one request; then a neutral site takes this page's place in the browser's history.
 * Without this the form does the same by itself, only that the page stays in the history.
 */

const WAIT = 1500; // milliseconds at most until the page is left, answered or not
const PRESSES = 3;
const WITHIN = 5000; // milliseconds
const KEEPALIVE_LIMIT = 60000; // bytes that browsers let a closing page send

const form = document.querySelector("form[data-leave]");
let leaving = false;

function cover() {
  document.documentElement.dataset.leaving = "";
  document.title = "…";
}

/* The fields of the page that is being written, under a number of their own: autosave.js fills them in and stops. */
function written() {
  const page = document.querySelector("form[data-autosave]");
  if (!page || page.hidden) return new URLSearchParams();
  const asked = new CustomEvent("nightlight:leaving", { detail: { body: null } });
  page.dispatchEvent(asked);
  const body = asked.detail.body ?? new URLSearchParams();
  body.set("at", page.getAttribute("action"));
  return body;
}

async function forget(person) {
  const { outbox } = globalThis;
  if (!person || !outbox) return;
  await outbox.forget(person).catch(() => {});
  new BroadcastChannel("nightlight").postMessage({ gone: person });
}

async function leave() {
  if (leaving) return;
  leaving = true;
  cover();
  const body = written();
  const keepalive = body.toString().length < KEEPALIVE_LIMIT;
  const told = { method: "POST", body, headers: { Accept: "application/json" }, keepalive };
  const sent = fetch(form.action, told)
    .then((answer) => answer.ok && forget(document.body.dataset.person)) // unsent text stays on the device, sealed
    .catch(() => {});
  await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, WAIT))]);
  window.location.replace(form.dataset.leave);
}

function onShift() {
  const dots = form.querySelector("[data-dots]");
  const said = form.querySelector("[data-leave-said]");
  let presses = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      if (event.key.length === 1) presses = []; // capitals are being typed
    } else {
      const now = Date.now();
      presses = [...presses.filter((at) => now - at < WITHIN), now];
    }
    dots.hidden = presses.length === 0;
    dots.dataset.pressed = String(presses.length);
    said.textContent = presses.length ? `${said.dataset.leaving} ${presses.length}/${PRESSES}` : "";
    if (presses.length >= PRESSES) leave();
    else if (presses.length) setTimeout(() => (dots.hidden = presses.every((at) => Date.now() - at >= WITHIN)), WITHIN);
  });
}

if (form) {
  form.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  onShift();
}

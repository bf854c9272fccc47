/* A set is put together: form[data-set]. Its steps are put in order by dragging their handle, with a mouse or a finger, or
 * with the arrow keys on it; the order is that of the fields, so it is sent with them. What is not saved yet is marked.
 * Without this the buttons "Up" and "Down" do the same.
 */

const EDGE = 72; // pixels from the window's edge within which dragging scrolls the page
const PACE = 10; // pixels a frame

const form = document.querySelector("form[data-set]");
const list = form.querySelector("[data-steps]");
const said = form.querySelector("[data-said]");
const savedLine = form.querySelector("[data-saved-line]");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const steps = () => [...list.querySelectorAll("[data-step]")];

function markUnsaved() {
  if (savedLine.textContent !== savedLine.dataset.unsaved) savedLine.textContent = savedLine.dataset.unsaved;
}

function title(number, of) {
  return list.dataset.words.replace("{number}", String(number)).replace("{of}", String(of));
}

function renumber() {
  const all = steps();
  all.forEach((step, place) => {
    step.querySelector("[data-title]").textContent = title(place + 1, all.length);
    step.querySelector("[data-up]").disabled = place === 0;
    step.querySelector("[data-down]").disabled = place === all.length - 1;
  });
}

/* Says where a step stands now. */
function say(step) {
  const all = steps();
  said.textContent = title(all.indexOf(step) + 1, all.length);
}

/* Lets the neighbour of a moved step glide to its new place. The step that is held never leaves the document. */
function pass(neighbour, put) {
  const { top } = neighbour.getBoundingClientRect();
  put();
  const away = top - neighbour.getBoundingClientRect().top;
  if (!still.matches) {
    neighbour.animate([{ transform: `translateY(${away}px)` }, { transform: "none" }], { duration: 160, easing: "ease-out" });
  }
  renumber();
}

function up(step) {
  const before = step.previousElementSibling;
  if (before) pass(before, () => step.after(before));
  return Boolean(before);
}

function down(step) {
  const after = step.nextElementSibling;
  if (after) pass(after, () => step.before(after));
  return Boolean(after);
}

function onKey(event) {
  const step = event.currentTarget.closest("[data-step]");
  const move = { ArrowUp: up, ArrowDown: down }[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (move(step)) markUnsaved();
  say(step);
  event.currentTarget.scrollIntoView({ block: "nearest" });
}

/* While a handle is held, its step changes places with the neighbour whose middle the pointer has passed. */
function hold(event) {
  if (event.button !== 0 || list.querySelector("[data-held]")) return;
  const handle = event.currentTarget;
  const step = handle.closest("[data-step]");
  const before = steps();
  let y = event.clientY;
  let frame = 0;

  function follow() {
    const prior = step.previousElementSibling?.getBoundingClientRect();
    const next = step.nextElementSibling?.getBoundingClientRect();
    if (prior && y < prior.top + prior.height / 2) up(step);
    else if (next && y > next.bottom - next.height / 2) down(step);
    if (y < EDGE) window.scrollBy(0, -PACE);
    else if (y > window.innerHeight - EDGE) window.scrollBy(0, PACE);
    frame = requestAnimationFrame(follow);
  }

  function move(moved) {
    if (moved.pointerId === event.pointerId) y = moved.clientY;
  }

  function release(kept) {
    cancelAnimationFrame(frame);
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", drop);
    handle.removeEventListener("pointercancel", cancel);
    document.removeEventListener("keydown", escape);
    delete step.dataset.held;
    if (!kept) {
      list.append(...before);
      handle.focus({ preventScroll: true }); // it was lost when its step was put back
      renumber();
    }
    if (steps().some((there, place) => there !== before[place])) markUnsaved();
    say(step);
  }

  const drop = () => release(true);
  const cancel = () => release(false);
  const escape = (pressed) => {
    if (pressed.key === "Escape") cancel();
  };

  event.preventDefault(); // no text is selected on the way
  handle.focus({ preventScroll: true });
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", drop);
  handle.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", escape);
  step.dataset.held = "";
  frame = requestAnimationFrame(follow);
}

for (const handle of list.querySelectorAll("[data-handle]")) {
  handle.hidden = false;
  handle.addEventListener("keydown", onKey);
  handle.addEventListener("pointerdown", hold);
}

form.addEventListener("input", (event) => {
  if (!event.target.closest(".filters")) markUnsaved();
});

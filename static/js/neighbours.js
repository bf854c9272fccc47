/* On a page of the journal or its calendar the arrow keys and a swipe lead to its neighbours: [data-neighbours], whose links do the same.
 *
 * Both leave alone what has a meaning of its own: keys in a field or where something can be scrolled sideways, with modifiers or with
 * text selected; and a touch that scrolls, selects, zooms, or comes from an edge, where it is the browser's way back.
 */

const links = document.querySelector("[data-neighbours]");

const EDGE = 32; // pixels in which a touch belongs to the browser
const FAR = 72; // pixels sideways that are meant
const FLAT = 4; // times as far sideways as up or down
const QUICK = 500; // milliseconds: whoever takes longer is holding on to something

const page = document.scrollingElement;

function go(side) {
  links.querySelector(`[rel="${side}"]`)?.click();
}

function isSelecting() {
  const selection = document.getSelection();
  return Boolean(selection) && !selection.isCollapsed;
}

/* Whether something at this place, or the page itself, can be moved sideways. */
function scrollsSideways(place) {
  if (page.scrollWidth > page.clientWidth || (visualViewport?.scale ?? 1) > 1.01) return true;
  for (let element = place; element && element !== document.body; element = element.parentElement) {
    if (element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX)) return true;
  }
  return false;
}

function isFree(place) {
  const element = place instanceof Element ? place : document.body;
  if (page.dataset.locked !== undefined) return false;
  return !element.closest("input, textarea, select, [contenteditable]") && !scrollsSideways(element) && !isSelecting();
}

function onKey(event) {
  if (event.defaultPrevented || event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const side = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (side && isFree(event.target)) go(side);
}

let start = null; // where and when the one finger came down

function onStart(event) {
  const [touch] = event.touches;
  const isInside = touch.clientX > EDGE && touch.clientX < page.clientWidth - EDGE;
  start = event.touches.length === 1 && isInside && isFree(event.target) ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp } : null;
}

function onEnd(event) {
  if (!start) return;
  const [touch] = event.changedTouches;
  const sideways = touch.clientX - start.x;
  const isMeant = Math.abs(sideways) >= FAR && Math.abs(sideways) >= FLAT * Math.abs(touch.clientY - start.y);
  const isQuick = event.timeStamp - start.at <= QUICK;
  start = null;
  if (isMeant && isQuick && !isSelecting()) go(sideways > 0 ? "prev" : "next");
}

if (links) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("touchstart", onStart, { passive: true });
  document.addEventListener("touchend", onEnd, { passive: true });
  document.addEventListener("touchcancel", () => { start = null; }, { passive: true });
}

/* In the calendar, [data-calendar], the arrow keys lead from night to night: left and right, a week up and down, Home and End to the ends
 * of a week, Page Up and Page Down by a month, over the edge of the page as well. A month takes one press of the tab key.
 *
 * Where no window has the focus, left and right lead to the pages beside this one, as swiping does (neighbours.js).
 *
 * A facade, [data-month], has a child for each night of its month; those that are links can be reached.
 */

const calendar = document.querySelector("[data-calendar]");
const facades = [...calendar.querySelectorAll("[data-month]")];
const named = calendar.querySelector("[data-named]"); // on a page of a year
const DAY = 24 * 60 * 60 * 1000;

const toDate = (night) => new Date(`${night}T00:00Z`);
const toNight = (date) => date.toISOString().slice(0, 10);
const first = toDate(calendar.dataset.first);
const last = toDate(calendar.dataset.last);

function nightOf(link) {
  const facade = link.parentElement;
  const day = [...facade.children].indexOf(link) + 1;
  return toDate(`${facade.dataset.month}-${String(day).padStart(2, "0")}`);
}

/* The window at a place of the page. */
const linkAt = (target) => target.closest("[data-month] > a");

/* The window of a night on this page. */
function windowOf(date) {
  const night = toNight(date);
  const facade = facades.find((other) => night.startsWith(other.dataset.month));
  const child = facade?.children[date.getUTCDate() - 1];
  return child instanceof HTMLAnchorElement ? child : null;
}

/* Of a facade one window is reached by the tab key. */
function makeCurrent(link) {
  for (const other of link.parentElement.querySelectorAll("a")) other.tabIndex = other === link ? 0 : -1;
}

const days = (date, count) => new Date(date.getTime() + count * DAY);

/* The same day of another month, or its last day. */
function months(date, count) {
  const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count + 1, 0));
  return new Date(Math.min(month, Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), date.getUTCDate())));
}

/* Where a night stands in its week, from 0 to 6. */
function column(link) {
  const facade = link.parentElement;
  return (Number(facade.dataset.column) - 1 + nightOf(link).getUTCDate() - 1) % 7;
}

const MOVES = {
  ArrowLeft: (date) => days(date, -1),
  ArrowRight: (date) => days(date, 1),
  ArrowUp: (date) => days(date, -7),
  ArrowDown: (date) => days(date, 7),
  Home: (date, link) => nearest(days(date, -column(link))),
  End: (date, link) => nearest(days(date, 6 - column(link))),
  PageUp: (date) => nearest(months(date, -1)),
  PageDown: (date) => nearest(months(date, 1)),
};

/* What is before the first night or after the last is that one. */
function nearest(date) {
  return new Date(Math.min(Math.max(date, first), last));
}

function goTo(date) {
  if (date < first || date > last) return;
  const link = windowOf(date);
  if (link) {
    link.focus();
    return;
  }
  const [year, month] = toNight(date).split("-").map(Number);
  location.assign(`${calendar.dataset.calendar}${year}/${named ? "" : `${month}/`}#${toNight(date)}`);
}

function onKey(event) {
  const link = linkAt(event.target);
  if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !Object.hasOwn(MOVES, event.key)) return;
  event.preventDefault();
  goTo(MOVES[event.key](nightOf(link), link));
}

/* In a year the windows are too small for words: the one that is meant is named. */
function name(link) {
  if (named) named.textContent = link ? link.textContent : "";
}

function onFocus(event) {
  const link = linkAt(event.target);
  if (link) makeCurrent(link);
  name(link);
}

for (const facade of facades) {
  const links = [...facade.querySelectorAll("a")];
  makeCurrent(links.find((link) => link.hasAttribute("aria-current")) ?? links[0]);
}
calendar.addEventListener("keydown", onKey);
calendar.addEventListener("focusin", onFocus);
calendar.addEventListener("focusout", () => name(null));
calendar.addEventListener("pointerover", (event) => name(linkAt(event.target) ?? linkAt(document.activeElement)));
calendar.addEventListener("pointerleave", () => name(linkAt(document.activeElement)));

/* Who came over the edge of another page goes on where that led. */
const asked = toDate(location.hash.slice(1));
if (asked >= first && asked <= last) windowOf(asked)?.focus();

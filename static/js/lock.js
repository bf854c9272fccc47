/* Covers a page that nobody has used for a while: [data-lock]. The server locks the session by itself; this hides what is
 * on the screen. A page on which nothing was typed makes way for the page that unlocks. One with something typed stays as
 * it is under its cover, and is uncovered when its person has unlocked the session, here or in another tab.
 */

import { keepOpen } from "./open-until.js";

const panel = document.querySelector("[data-lock]");
const idle = Number(panel.dataset.locksAfter) * 1000; // 0 on one's own device, which is not locked
const { person } = document.body.dataset;
const { title } = document;

const LOOK_AFTER = 2000; // milliseconds
const TELL_AFTER = 60000; // the server is told of use at most once a minute
const PATIENCE = 8000; // milliseconds that an answer is waited for

let usedAt = Date.now();
let toldAt = usedAt;
let covered = false;
let asking = false;

/* How many milliseconds the session stays open: 0 where it is locked or cannot be asked for. */
async function ask(method) {
  try {
    const answer = await fetch(panel.dataset.state, { method, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    const state = answer.ok ? await answer.json() : {};
    if (state.person !== person) return { left: 0, refused: answer.status === 401 };
    return { left: state.left === null ? Infinity : state.left * 1000, refused: false };
  } catch {
    return { left: 0, refused: false };
  }
}

function isTypedOn() {
  const changed = (field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.options.length > 0;
    return "defaultValue" in field && field.value !== field.defaultValue;
  };
  return [...document.forms].some((form) => [...form.elements].some(changed));
}

function cover() {
  covered = true;
  keepOpen(0);
  panel.hidden = false;
  document.documentElement.dataset.locked = "";
  document.title = "Nightlight";
  panel.querySelector("h2").focus();
}

function uncover(left) {
  covered = false;
  usedAt = Date.now() - Math.max(0, idle - left);
  keepOpen(idle ? Math.min(idle, left) : null);
  panel.hidden = true;
  delete document.documentElement.dataset.locked;
  document.title = title;
}

async function look() {
  if (asking || (!covered && (!idle || Date.now() - usedAt < idle))) return;
  if (!covered) cover();
  asking = true;
  const { left, refused } = await ask("GET");
  asking = false;
  if (left > 0) uncover(left); // used in another tab, or unlocked
  else if (refused && !isTypedOn()) {
    const here = window.location.pathname + window.location.search;
    window.location.replace(`${panel.querySelector("a").pathname}?${new URLSearchParams({ next: here })}`);
  }
}

async function use() {
  if (covered) return;
  if (Date.now() - usedAt >= idle) return look();
  usedAt = Date.now();
  keepOpen(idle);
  if (usedAt - toldAt < TELL_AFTER) return;
  toldAt = usedAt;
  const { refused } = await ask("POST");
  if (refused) coverAndLook();
}

/* The session was locked in another tab, or from another page of this one. */
function coverAndLook() {
  if (!covered) cover();
  look();
}

function begin() {
  for (const act of ["pointerdown", "keydown", "wheel", "touchmove"]) document.addEventListener(act, use, { capture: true, passive: true });
  for (const moment of ["pageshow", "focus"]) window.addEventListener(moment, look);
  document.addEventListener("visibilitychange", look);
}

new BroadcastChannel("nightlight").addEventListener("message", ({ data }) => data.locked === person && coverAndLook());
setInterval(look, LOOK_AFTER);
keepOpen(idle || null);
if (idle) begin();

/* The writing page without a network: form[data-offline-page]. It is the page of the night that it is now for the
 * person who was last signed in on this device, and goes on with what the device still holds of that night.
 */

import { Autosave } from "./autosave.js";
import { newId } from "./ids.js";
import { deviceKey, outbox } from "./on-device.js";
import { isPast } from "./open-until.js";
import { showWaiting } from "./waiting.js";

const form = document.querySelector("form[data-offline-page]");

/* The date of the evening that this moment belongs to: common/nights.py, on the person's own clock. */
function tonight({ zone, nightEnds }) {
  const options = { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hourCycle: "h23" };
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en", options).formatToParts(new Date()).map(({ type, value }) => [type, value]));
  const day = new Date(`${parts.year}-${parts.month}-${parts.day}T12:00:00Z`);
  if (Number(parts.hour) < nightEnds) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/* As the other pages write it: Friday, 20 November, or Friday, November 20. */
function inWords(night, monthFirst) {
  const part = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: "UTC" }).format(new Date(`${night}T12:00:00Z`));
  const [day, month] = [part({ day: "numeric" }), part({ month: "long" })];
  const isMonthFirst = monthFirst && document.documentElement.lang === "en";
  return `${part({ weekday: "long" })}, ${isMonthFirst ? `${month} ${day}` : `${day} ${month}`}`;
}

/* Nobody is signed in here, or their session ended: what they wrote cannot be opened before they sign in again. */
async function showNobody(person) {
  const waits = person ? await outbox.waiting(person.id) : [];
  document.querySelector("[data-nobody]").hidden = false;
  document.querySelector("[data-locked]").hidden = !waits.length;
}

async function begin() {
  const person = await outbox.current().catch(() => null);
  const isOpen = person && (await deviceKey.of(person.id).catch(() => null));
  if (!isOpen) return showNobody(person);
  const night = tonight(person);
  const fresh = { author: person.id, entry: newId(), page: newId(), seq: 1, base: 0, night, prompt: "", mode: "just_write" };
  for (const [name, value] of Object.entries(fresh)) form.elements[name].defaultValue = value;
  form.querySelector("[data-date]").textContent = inWords(night, person.monthFirst);
  const autosave = new Autosave(form);
  const [record] = (await outbox.waiting(person.id)).filter((waits) => waits.night === night && waits.url.startsWith("/tonight/") && outbox.canGoOn(waits)).reverse();
  if (isPast()) document.querySelector("[data-locked-note]").hidden = false; // what waits is shown once its person has unlocked
  else if (record && !(await outbox.isOpenElsewhere(record.page))) await autosave.resume(record);
  form.hidden = false;
  form.elements.text.focus();
  form.addEventListener("nightlight:saved", () => {
    form.querySelector("[data-no-connection]").hidden = true;
    form.querySelector("[data-back]").hidden = false;
  });
  if (!isPast()) await showWaiting(person.id);
}

begin();

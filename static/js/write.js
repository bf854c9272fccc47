/* Starts saving on a page that is written on, and brings back what this device still held of it: form[data-autosave]. */

import { Autosave } from "./autosave.js";
import { drained } from "./device.js";
import { outbox } from "./on-device.js";

/* Whether a text that waited on the device was written on this page, of an entry or of a night. */
function belongs(form, { entry, night, url }) {
  const isNight = (address) => address.startsWith("/tonight/");
  if (entry === form.elements.entry.value) return true;
  return isNight(url) && isNight(form.getAttribute("action")) && night === form.elements.night.value;
}

/* Once typing has begun, nothing moves under it. */
const isUntouched = (form, autosave) => !("touched" in form.dataset) && !autosave.isDirty();

async function bringBack(form, autosave, results) {
  const mine = results.filter((result) => belongs(form, result));
  if (!mine.length || !isUntouched(form, autosave)) return;
  if (mine.some((result) => result.state === "sent")) return window.location.reload();
  const [record] = (await outbox.waiting(autosave.person)).filter((record) => belongs(form, record) && outbox.canGoOn(record)).reverse();
  if (!record || (await outbox.isOpenElsewhere(record.page)) || !isUntouched(form, autosave)) return;
  await autosave.resume(record).catch(() => {}); // it does not open yet: a later attempt brings it back
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const autosave = new Autosave(form);
  form.addEventListener("input", () => (form.dataset.touched = ""), { once: true });
  drained.then((results) => bringBack(form, autosave, results));
  document.addEventListener("nightlight:sent", ({ detail }) => bringBack(form, autosave, detail));
}

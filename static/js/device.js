/* On every page of somebody who is signed in: installs the worker, and sends what waited on this device. */

import { inPlace } from "./in-place.js";
import { outbox } from "./on-device.js";
import { showWaiting } from "./waiting.js";

const CLOSING = 2000; // milliseconds that a page which is being closed may take to let go of its record
const RETRY_FIRST = 2000;
const RETRY_LAST = 60000;

const { person, zone, nightEnds, monthFirst, worker } = document.body.dataset;
const notice = document.querySelector("[data-device-notice]");

function send(options) {
  return outbox.send(person, { since: performance.timeOrigin, ...options }).catch(() => []); // this browser keeps nothing, so nothing waits
}

async function sendWhatWaits() {
  await outbox.remember({ id: person, zone, nightEnds: Number(nightEnds), monthFirst: monthFirst !== undefined }).catch(() => {}); // then nothing that waits opens yet
  return send({ patience: CLOSING });
}

function tell(results) {
  const beside = results.find((result) => result.state === "beside");
  const waits = results.some((result) => result.state === "waiting");
  const link = notice?.querySelector("a");
  if (!notice || !link.hidden) return; // what was said of a text kept beside another one stays
  if (beside && document.querySelector(`[data-conflict-notice] a[href="${CSS.escape(beside.compare)}"]`)) return; // the page says so itself
  inPlace(() => {
    notice.hidden = !(beside || waits);
    notice.querySelector("[data-words]").textContent = beside ? notice.dataset.beside : notice.dataset.waiting;
    link.hidden = !beside;
  });
  if (beside) link.href = beside.compare;
}

/* While something waits that the server has not refused, it is tried again: it may have been busy, or another page was still open. */
async function goOn(delay) {
  const records = await outbox.waiting(person).catch(() => []);
  if (!records.some((record) => !record.refused)) return tell([]);
  await new Promise((resolve) => setTimeout(resolve, delay));
  const results = await send();
  tell(results);
  document.dispatchEvent(new CustomEvent("nightlight:sent", { detail: results }));
  return goOn(Math.min(delay * 2, RETRY_LAST));
}

/* Done when this page has tried to send all that waits: what became of each text. Later attempts tell in `nightlight:sent`. */
export const drained = person ? sendWhatWaits() : Promise.resolve([]);

drained.then((results) => {
  tell(results);
  if (!person) return;
  showWaiting(person);
  goOn(RETRY_FIRST);
});
if (worker && navigator.serviceWorker) {
  // The page's policy lets no text become a script's address, but for this one.
  const policy = globalThis.trustedTypes?.createPolicy("nightlight", { createScriptURL: (url) => (url === worker ? url : "") });
  navigator.serviceWorker.register(policy?.createScriptURL(worker) ?? worker, { scope: "/" }).catch(() => {});
}

/* On every page of somebody who is signed in: installs the worker, and sends what waited on this device. */

import { outbox } from "./on-device.js";
import { showWaiting } from "./waiting.js";

const { person, zone, nightEnds, worker } = document.body.dataset;
const notice = document.querySelector("[data-device-notice]");

async function sendWhatWaits() {
  try {
    await outbox.remember({ id: person, zone, nightEnds: Number(nightEnds) });
    return await outbox.send(person, { since: performance.timeOrigin });
  } catch {
    return []; // this browser keeps nothing, so nothing waits
  }
}

function tell(results) {
  const beside = results.find((result) => result.state === "beside");
  const waits = results.some((result) => result.state === "waiting");
  if (!notice || !(beside || waits)) return;
  if (beside && document.querySelector(`[data-conflict-notice] a[href="${CSS.escape(beside.compare)}"]`)) return; // the page says so itself
  notice.querySelector("[data-words]").textContent = beside ? notice.dataset.beside : notice.dataset.waiting;
  const link = notice.querySelector("a");
  link.hidden = !beside;
  if (beside) link.href = beside.compare;
  notice.hidden = false;
}

/* Done when all that could be sent is sent: what became of each text. */
export const drained = person ? sendWhatWaits() : Promise.resolve([]);

drained.then((results) => {
  tell(results);
  if (person) showWaiting(person);
});
if (worker && navigator.serviceWorker) {
  // The page's policy lets no text become a script's address, but for this one.
  const policy = globalThis.trustedTypes?.createPolicy("nightlight", { createScriptURL: (url) => (url === worker ? url : "") });
  navigator.serviceWorker.register(policy?.createScriptURL(worker) ?? worker, { scope: "/" }).catch(() => {});
}

/* Text on this device that the server does not take as it is: [data-waiting-texts] shows each, with the reason, and ways to keep
 * it. Saving needs a connection; copying, downloading and dropping do not. See components/waiting.html.
 */

import { newId } from "./ids.js";
import { inPlace } from "./in-place.js";
import { deviceKey, outbox } from "./on-device.js";

const NEW_PAGE = "/journal/new/";
const place = document.querySelector("[data-waiting-texts]");

class WaitingText {
  constructor(record, fields) {
    Object.assign(this, { record, fields });
    this.ids = { entry: newId(), page: newId() }; // once, so that saving twice makes one page
    this.element = place.querySelector("template").content.firstElementChild.cloneNode(true);
    this.find("text").value = fields.get("text");
    this.find("why").textContent = record.refused ? record.refused.message || place.dataset.refused : place.dataset.noReason;
    const { reason, tonight } = record.refused ?? {};
    this.find("night").value = (reason === "night" && tonight) || fields.get("night"); // only a night that cannot be right is replaced
    if (tonight) this.find("night").max = tonight;
    for (const name of ["again", "save", "copy", "download", "drop"]) this.find(name).addEventListener("click", () => this[name]());
  }

  find(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  say(words) {
    this.find("said").textContent = words;
  }

  /* As it is, where it was meant to go: what stood in its way may have passed. */
  again() {
    return this.send(this.record.url, this.fields);
  }

  /* As a page of its own, for the evening that was chosen. */
  save() {
    return this.send(NEW_PAGE, this.body());
  }

  async send(url, body) {
    this.say(place.dataset.saving);
    const { person } = this.record;
    const session = await deviceKey.handshake().catch(() => undefined);
    if (session === undefined) return this.say(place.dataset.unreachable);
    if (session?.author !== person) return this.say(place.dataset.signedOut);
    const { meaning, answer } = await outbox.post(url, body, session.token).catch(() => ({ meaning: "unreachable" }));
    if (meaning === "saved") await this.finish(answer.address || url);
    else if (meaning === "beside") await this.finish(answer.compare);
    else this.say(answer?.message || (meaning === "refused" ? place.dataset.refused : place.dataset.unreachable));
  }

  body() {
    const body = new URLSearchParams(this.fields);
    const isDamaged = this.record.refused?.reason === "page";
    const changes = { ...this.ids, seq: "1", base: "0", night: this.find("night").value, action: "", announced: "" };
    const plain = { author: this.record.person, prompt: "", mode: "just_write", feeling: "" };
    for (const [name, value] of Object.entries({ ...changes, ...(isDamaged ? plain : {}) })) body.set(name, value);
    return body;
  }

  async copy() {
    const text = this.find("text");
    try {
      await navigator.clipboard.writeText(text.value);
      this.say(place.dataset.copied);
    } catch {
      text.closest("details").open = true;
      text.select();
      this.say(place.dataset.selected);
    }
  }

  download() {
    const url = URL.createObjectURL(new Blob([this.find("text").value], { type: "text/plain" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${this.fields.get("night")}.txt` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /* Asks once more. */
  async drop() {
    const button = this.find("drop");
    if (!button.dataset.asked) {
      button.dataset.asked = "true";
      button.textContent = place.dataset.sure;
      return;
    }
    await this.finish();
  }

  async finish(address) {
    await outbox.drop(this.record.page, this.record.seq);
    const { page } = this.record;
    this.say(address ? place.dataset.saved : place.dataset.dropped);
    for (const name of ["text", "ways"]) this.find(name).remove();
    this.find("why").hidden = true;
    this.find("link").hidden = !address;
    if (address) this.find("link").href = address;
    document.dispatchEvent(new CustomEvent("nightlight:taken", { detail: { page, address } }));
  }
}

function shown(page) {
  return place.querySelector(`[data-page="${CSS.escape(page)}"]`);
}

async function show(records) {
  if (!place) return;
  for (const record of records) {
    const fields = await outbox.read(record).catch(() => null);
    if (!fields) continue; // its writer is not signed in
    const before = shown(record.page);
    if (before?.dataset.seq === String(record.seq)) continue; // shown already
    const { element } = new WaitingText(record, fields);
    Object.assign(element.dataset, { page: record.page, seq: record.seq });
    inPlace(() => {
      if (before) before.replaceWith(element);
      else place.append(element);
      place.hidden = false;
    });
  }
}

/* What pages that are closed by now left for this person and the server refused; with `all`, everything that waits. */
export async function showWaiting(person, { all = false } = {}) {
  const records = await outbox.waiting(person).catch(() => []);
  const closed = await Promise.all(records.map(async (record) => !(await outbox.isOpenElsewhere(record.page))));
  await show(records.filter((record, number) => closed[number] && (all || record.refused)));
}

/* What this page was refused. Who goes on writing keeps their place; who pressed a button is led to the ways to keep the text. */
export async function showRefused(person, page, isPressed) {
  const records = await outbox.waiting(person).catch(() => []);
  await show(records.filter((record) => record.page === page && record.refused));
  if (isPressed && place && shown(page)) place.querySelector("h2").focus();
}

/* The page has been saved since. */
document.addEventListener("nightlight:saved", ({ target }) => {
  const element = place && shown(target.elements.page.value);
  if (!element) return;
  inPlace(() => {
    element.remove();
    place.hidden = !place.querySelector("[data-page]");
  });
});

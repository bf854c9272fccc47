/* Signing out leaves nothing of a person on this device, and does not drop what they wrote without asking:
 * form[data-sign-out]; on the page after an account was deleted: [data-forget].
 */

import { drained } from "./device.js";
import { outbox } from "./on-device.js";
import { showWaiting } from "./waiting.js";

const OPEN_TABS = 2500; // milliseconds that other tabs have for sending what they hold

const channel = new BroadcastChannel("nightlight");
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class SignOut {
  constructor(form) {
    this.form = form;
    this.person = document.body.dataset.person;
    this.unsent = document.querySelector("[data-unsent]");
    form.addEventListener("submit", (event) => this.onSubmit(event));
    this.unsent.querySelector("[data-drop]").addEventListener("click", () => this.leave());
    this.unsent.querySelector("[data-send]").addEventListener("click", () => this.onSubmit());
    document.addEventListener("nightlight:taken", () => this.onTaken());
    this.begin();
  }

  /* Tells at once what waits, not only when the button is pressed. */
  async begin() {
    await drained;
    if (await this.isSomethingLeft()) this.tell();
  }

  async isSomethingLeft() {
    return (await outbox.waiting(this.person).catch(() => [])).length > 0;
  }

  async sendAll() {
    channel.postMessage({ flush: this.person });
    const until = Date.now() + OPEN_TABS;
    do {
      await outbox.send(this.person).catch(() => {});
      if (!(await this.isSomethingLeft())) return;
      await rest(250);
    } while (Date.now() < until);
  }

  /* What was refused is not offered to be sent: it would be refused again, unless it is looked at above. */
  async tell() {
    showWaiting(this.person, { all: true });
    const waiting = await outbox.waiting(this.person).catch(() => []);
    const send = this.unsent.querySelector("[data-send]");
    send.hidden = waiting.length > 0 && waiting.every((record) => record.refused);
    this.unsent.hidden = false;
    this.form.hidden = true;
    this.unsent.querySelector(send.hidden ? "h2" : "[data-send]").focus();
  }

  /* One of the texts was saved or dropped: with none left, this is the page that signs out again. */
  async onTaken() {
    if (await this.isSomethingLeft()) return;
    this.unsent.hidden = true;
    this.form.hidden = false;
    this.form.querySelector("button").focus();
  }

  async onSubmit(event) {
    event?.preventDefault();
    const result = this.unsent.querySelector("[data-result]");
    result.textContent = this.unsent.dataset.sending;
    await this.sendAll();
    if (!(await this.isSomethingLeft())) return this.leave();
    result.textContent = event ? "" : this.unsent.dataset.failed;
    this.tell();
  }

  /* Ends the session, then forgets: a page that loads while it lasts would make the person known here again. */
  async leave() {
    const request = { method: "POST", body: new FormData(this.form), redirect: "manual" };
    const answer = await fetch(this.form.action, request).catch(() => null);
    await outbox.forget(this.person).catch(() => {});
    channel.postMessage({ gone: this.person });
    if (answer?.type === "opaqueredirect") window.location.assign("/");
    else this.form.submit(); // shows what is in the way
  }
}

for (const form of document.querySelectorAll("form[data-sign-out]")) new SignOut(form);

/* Of an account that is gone. */
async function forget() {
  const person = await outbox.current().catch(() => null);
  if (!person) return;
  await outbox.forget(person.id);
  channel.postMessage({ gone: person.id });
}

if (document.querySelector("[data-forget]")) forget();

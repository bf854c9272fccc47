/* Saves a small form while it is written: form[data-saved-form], a note, a label, a reply. Without it the form's button does.
 *
 * What is typed is sent a second after the last key, when the page is hidden, and when it is left; one request at a time. Each names the
 * version that it builds on, in the field `base`. Where the text was changed elsewhere meanwhile nothing is overwritten: the page shows
 * both texts, and saves no more until one of three buttons was pressed. What cannot be sent is tried again, and the form says so.
 *
 * The attribute is the address that saves; where it is empty, the form's own. common/saved_forms.py answers. The words and the
 * elements are those of components/saved_form_attributes.html and components/saved_form.html.
 */

import { repairField } from "./fields.js";
import { post, whenBack } from "./session.js";

const PAUSE = 1000; // milliseconds
const LONGEST_WAIT = 5000;
const RETRY_FIRST = 2000;
const RETRY_LAST = 30000;
const KEEPALIVE_LIMIT = 60000; // bytes that browsers let a closing page send
const NO_CONTENT = ["csrfmiddlewaretoken", "base", "next", "author"];

export class SavedForm {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.savedForm || form.getAttribute("action");
    this.words = form.dataset;
    this.person = document.body.dataset.person;
    this.text = form.elements.text;
    this.base = form.elements.base;
    this.line = form.querySelector("[data-saved-line]");
    this.other = form.querySelector("[data-elsewhere-text]");
    this.saved = this.original();
    this.sent = []; // texts that may have arrived although no answer did
    this.sending = null; // the request under way
    this.timer = 0;
    this.firstChange = 0;
    this.retry = RETRY_FIRST;
    this.failed = false;
    this.refused = null; // the content that the server does not take as it is
    this.waits = false; // for its person: to choose between two texts, or to sign in again
    this.submitting = false;

    form.addEventListener("input", ({ target }) => {
      if (target.matches("textarea")) repairField(target);
      this.onChange();
    });
    form.addEventListener("submit", (event) => this.onSubmit(event));
    for (const button of form.querySelectorAll("[data-take]")) button.addEventListener("click", () => this.take(button.dataset.take));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    window.addEventListener("pagehide", () => this.flush());
    window.addEventListener("pageshow", () => (this.submitting = false));
    window.addEventListener("online", () => this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty() && (this.failed || this.waits || this.isOvertaken()) && !this.submitting) event.preventDefault();
    });
    // A page that signs out asks the others to send what they hold, and tells them when it is done.
    this.channel = new BroadcastChannel("nightlight");
    this.channel.addEventListener("message", ({ data }) => {
      if (data.flush === this.person) this.flush();
      if (data.gone === this.person) this.leave();
    });
    if (this.isDirty()) this.onChange(); // something was typed before this script was there
  }

  body() {
    return new URLSearchParams(new FormData(this.form));
  }

  /* What is written in the form, as one string that tells one state of it from another. */
  content() {
    return JSON.stringify([...new FormData(this.form)].filter(([name]) => !NO_CONTENT.includes(name)));
  }

  /* The same as the page came from the server. */
  original() {
    const values = [...this.form.elements].filter(({ name, type }) => name && type !== "submit" && !NO_CONTENT.includes(name));
    return JSON.stringify(values.map(({ name, defaultValue }) => [name, defaultValue]));
  }

  isDirty() {
    return this.content() !== this.saved;
  }

  /* Whether more was typed than the request under way holds: the page that sends the rest has to wait for its answer. */
  isOvertaken() {
    return this.sending !== null && this.content() !== this.underWay;
  }

  say(words, problem = false) {
    if (this.line.textContent !== words) this.line.textContent = words;
    if (problem) this.line.dataset.state = "problem";
    else delete this.line.dataset.state;
  }

  onChange() {
    if (this.waits) return;
    if (!this.failed) this.say(this.words.unsent);
    if (this.failed && this.timer) return; // the next attempt has its time
    this.firstChange ||= Date.now();
    this.schedule(Math.max(0, Math.min(PAUSE, this.firstChange + LONGEST_WAIT - Date.now())));
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  maySend() {
    return !this.sending && !this.waits && !this.submitting && this.isDirty() && this.content() !== this.refused;
  }

  async send(options) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.maySend()) return;
    this.firstChange = 0;
    this.underWay = this.content();
    this.sending = this.attempt({ content: this.underWay, text: this.text.value, body: this.body() }, options);
    await this.sending;
    this.sending = null;
    if (!this.isDirty() || this.failed) return;
    if (document.hidden) this.flush(); // a page in the background may be stopped before its time comes
    else this.schedule(PAUSE);
  }

  async attempt(snapshot, options) {
    this.sent = [...this.sent.slice(-9), snapshot.text];
    try {
      this.onAnswer(snapshot, await post(this.form, this.url, snapshot.body, options));
    } catch {
      this.onFailure();
    }
  }

  onAnswer(snapshot, { meaning, answer }) {
    if (meaning === "saved") return this.onSaved(snapshot, answer);
    if (meaning === "beside") return this.onElsewhere(answer);
    if (meaning === "refused") {
      this.failed = false;
      this.refused = snapshot.content;
      return this.say(answer.message || this.words.refused, true);
    }
    if (meaning === "signed-out" || meaning === "other-person" || meaning === "token") return this.onSignedOut();
    this.onFailure();
  }

  onSaved(snapshot, { version, said }) {
    this.failed = false;
    this.retry = RETRY_FIRST;
    this.refused = null;
    this.sent = [];
    this.base.value = String(version);
    this.saved = snapshot.content;
    this.say(this.isDirty() ? this.words.unsent : said);
  }

  /* Where the other text is one that this page had sent itself, and whose answer was lost, it goes on from there. */
  onElsewhere({ stored, version }) {
    this.base.value = String(version);
    this.failed = false;
    if (this.sent.includes(stored)) {
      this.sent = [];
      return;
    }
    this.waits = true;
    this.stored = stored;
    this.other.querySelector("[data-stored]").textContent = stored;
    this.other.hidden = false;
    this.say(this.words.elsewhere, true);
  }

  take(which) {
    if (which === "stored") this.text.value = this.stored;
    if (which === "both") this.text.value = [this.stored.trimEnd(), this.text.value].filter((text) => text.trim()).join("\n\n");
    this.other.hidden = true;
    this.waits = false;
    this.text.focus();
    this.onChange();
  }

  onFailure() {
    this.failed = true;
    this.say(this.words.offline, true);
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, RETRY_LAST);
  }

  onSignedOut() {
    this.waits = true;
    this.say(this.words.signedOut, true);
    whenBack(this.form, this.person).then(() => {
      this.waits = this.failed = false;
      this.onChange();
    });
  }

  /* Leaving the page, or only looking away. */
  flush() {
    if (this.maySend()) this.send({ keepalive: this.body().toString().length < KEEPALIVE_LIMIT });
  }

  /* Signed out in another tab, so that nothing of the person stays on the screen. */
  leave() {
    this.submitting = true;
    window.location.replace("/");
  }

  /* The button sends all of it: what is under way comes first, and nothing after it. */
  onSubmit(event) {
    if (this.submitting || this.waits) return event.preventDefault();
    if (this.sending) {
      event.preventDefault();
      this.sending.then(() => !this.waits && this.form.requestSubmit(event.submitter));
      return;
    }
    clearTimeout(this.timer);
    this.submitting = true;
  }
}

for (const form of document.querySelectorAll("form[data-saved-form]")) new SavedForm(form);

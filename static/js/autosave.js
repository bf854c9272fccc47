/* Saves a page while it is written. Without it the form's own buttons save.
 *
 * What is typed is kept on this device within a fraction of a second (outbox.js) and sent to the server at most a
 * second after the last key, and every five seconds while typing goes on; one request at a time. The page numbers
 * its texts, each text has one number, and it names the version it builds on: journal/entries/saving.py tells what the server
 * makes of that. What happens is told in words at the foot of the page.
 */

import { body, content, fill, original, tellAncestor } from "./fields.js";
import "./outbox.js";
import { guardSignIn, whenBack, renewToken } from "./session.js";

const { outbox } = globalThis;

const KEEP_AFTER = 200; // milliseconds
const PAUSE = 1000;
const LONGEST_WAIT = 5000;
const RETRY_FIRST = 2000;
const RETRY_LAST = 30000;
const KEEPALIVE_LIMIT = 60000; // bytes that browsers let a closing page send

export class Autosave {
  /* `form` holds the fields of components/writing.html. Begins at once; `ready` is done when its record is its own. */
  constructor(form) {
    this.form = form;
    this.url = form.getAttribute("action"); // form.action would be the button of that name
    this.fields = form.elements;
    this.text = this.fields.text;
    this.line = form.querySelector("[data-saved-line]");
    this.compare = form.querySelector("[data-compare]");
    this.signIn = form.querySelector("[data-sign-in]");
    this.words = form.dataset;
    this.limit = Number(this.text.dataset.limit);
    this.sending = null; // the request under way
    this.timer = 0;
    this.keepTimer = 0;
    this.keeping = Promise.resolve(); // reads and writes of this page's record, in order
    this.firstChange = 0;
    this.stopped = false;
    this.failed = false; // the last attempt did not reach the server, or was refused
    this.retry = RETRY_FIRST;
    this.begin(this.text.defaultValue, original(form));

    form.addEventListener("input", () => this.onChange());
    form.addEventListener("submit", (event) => this.onSubmit(event));
    form.addEventListener("nightlight:leaving", (event) => this.onLeaving(event));
    guardSignIn(this.signIn, () => this.keep().then(() => this.kept));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    window.addEventListener("pagehide", () => this.flush());
    window.addEventListener("pageshow", () => (this.submitting = false));
    window.addEventListener("online", () => this.isDirty() && this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty() && !this.kept && this.failed && !this.submitting) event.preventDefault();
    });
    // A page that signs out asks the others to send what they hold, and tells them when it is done.
    this.channel = new BroadcastChannel("nightlight");
    this.channel.addEventListener("message", ({ data }) => {
      if (data.flush === this.person) this.flush();
      if (data.gone === this.person && !this.stopped) this.leave();
    });
    if (this.isDirty()) this.onChange(); // something was typed before this script was there
  }

  /* Takes the form for the page that it is from now on, of which the server has `saved`, and as its text `ancestor`. */
  begin(ancestor, saved) {
    this.person = this.fields.author.value;
    this.page = this.fields.page.value;
    this.seq = Number(this.fields.seq.value) - 1; // the number of the last text that has one
    this.ancestor = ancestor; // the text of the version that the next save builds on; null where it is not known
    this.saved = saved;
    this.numbered = saved ?? this.content(); // the last content that has a number
    this.kept = false;
    this.ready = outbox.hold(this.page);
  }

  /* Goes on with a text that this device kept when its page was closed: under that page's ids and numbers. */
  async resume(record) {
    fill(this.form, await outbox.read(record));
    this.begin(null, null);
    this.seq = record.seq;
    this.kept = true;
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  content() {
    return content(this.form);
  }

  isDirty() {
    return this.content() !== this.saved;
  }

  /* The form data of the text as it is now, under its number. */
  snapshot() {
    const written = this.content();
    if (written !== this.numbered) {
      this.seq += 1;
      this.numbered = written;
    }
    const seq = Math.max(1, this.seq); // a page on which nothing changed has no text of its own yet
    return { seq, content: written, text: this.text.value, body: body(this.form, seq) };
  }

  say(words, problem = false) {
    if (this.line.textContent !== words) this.line.textContent = words;
    if (problem) this.line.dataset.state = "problem";
    else delete this.line.dataset.state;
  }

  onChange() {
    if (this.stopped) return;
    this.keepTimer ||= setTimeout(() => this.keep(), KEEP_AFTER);
    const length = this.text.value.length;
    if (length > this.limit) this.say(this.words.overLimit, true);
    else if (length > this.limit * 0.97) this.say(this.words.nearLimit);
    else if (!this.failed) this.say(this.words.unsent);
    if (length > this.limit) return;
    if (this.failed && this.timer) return; // the next attempt has its time
    this.firstChange ||= Date.now();
    this.schedule(Math.max(0, Math.min(PAUSE, this.firstChange + LONGEST_WAIT - Date.now())));
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  /* Keeps the text on this device until the server has it. */
  keep(snapshot = this.snapshot()) {
    clearTimeout(this.keepTimer);
    this.keepTimer = 0;
    const { seq, content, body } = snapshot;
    const record = { person: this.person, page: this.page, seq, url: this.url, entry: body.get("entry"), night: body.get("night"), body };
    this.keeping = this.keeping.then(async () => {
      try {
        if (content === this.saved) await outbox.drop(record.page, seq);
        else await outbox.keep(record);
        this.kept = true;
      } catch {
        this.kept = false; // a private window, or a full device: the page itself still holds the text
      }
    });
    return this.keeping;
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.sending || this.stopped || this.submitting || !this.isDirty()) return;
    if (this.text.value.length > this.limit) return;
    this.firstChange = 0;
    const snapshot = this.snapshot();
    this.sending = this.keep(snapshot).then(() => this.attempt(snapshot));
    await this.sending;
    this.sending = null;
    if (this.isDirty() && !this.failed && !this.stopped) this.schedule(PAUSE);
  }

  async attempt(snapshot, options) {
    const post = (token) => outbox.post(this.url, snapshot.body, token, options);
    try {
      const token = this.fields.csrfmiddlewaretoken.value;
      let response = token ? await post(token) : { status: 403, answer: {} };
      if (response.status === 403 && response.answer.state !== "other-person") {
        // Signing in again gave the browser a new token; this page still held the old one, or none yet.
        const renewed = await renewToken(this.form);
        response = renewed ? await post(renewed) : { status: 401, answer: {} };
      }
      this.onAnswer(snapshot, response);
    } catch {
      this.onFailure("offline");
    }
  }

  onAnswer(snapshot, { status, ok, answer }) {
    if (ok) this.onSaved(snapshot, answer);
    else if (status === 409) this.onConflict(snapshot, answer);
    else if (status === 422) {
      // Only the person can go on from here: by shortening. The next key tries again.
      this.failed = true;
      this.say(answer.message, true);
    } else if (answer.state === "other-person") this.conceal(answer.message);
    else this.onFailure(status === 401 ? "signedOut" : "busy");
  }

  onSaved(snapshot, answer) {
    this.failed = false;
    this.retry = RETRY_FIRST;
    this.saved = snapshot.content;
    if (this.signIn) this.signIn.hidden = true;
    if (answer.state === "saved") {
      this.fields.base.value = String(answer.version);
      this.fields.entry.value = answer.entry;
      this.ancestor = snapshot.text;
    }
    this.dropUpTo(snapshot.seq);
    if (!this.isDirty()) this.say(answer.message ?? "");
    else this.say(this.words.unsent);
    this.form.dispatchEvent(new CustomEvent("nightlight:saved", { bubbles: true }));
  }

  /* The server keeps this text beside the one that was written elsewhere, and goes on doing so. */
  onConflict(snapshot, answer) {
    this.failed = false;
    this.saved = snapshot.content;
    this.dropUpTo(snapshot.seq);
    this.inConflict = true;
    if (this.compare) this.compare.hidden = false;
    this.say(answer.message);
  }

  dropUpTo(seq) {
    this.keeping = this.keeping.then(() => outbox.drop(this.page, seq).catch(() => {}));
  }

  onFailure(reason) {
    this.failed = true;
    if (reason === "signedOut" && this.signIn) {
      this.signIn.hidden = false;
      // What is kept on the device comes back after signing in; otherwise this tab has to stay as it is.
      if (this.kept) this.signIn.removeAttribute("target");
      else this.signIn.target = "_blank";
    }
    this.say(this.words[this.kept ? `${reason}Kept` : reason], !this.kept);
    if (this.kept) outbox.sendWhenBack().catch(() => {});
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, RETRY_LAST);
  }

  /* Somebody else is signed in here now: the text is not for them to see. It waits for its writer. */
  conceal(words) {
    if (this.concealed) return;
    this.concealed = true;
    this.failed = true;
    const shown = this.form.querySelector("[data-parts]") ?? this.text;
    shown.hidden = true;
    this.say(this.kept ? this.words.otherPersonKept : words, true);
    whenBack(this.form, this.person).then(() => {
      shown.hidden = false;
      this.concealed = false;
      this.send();
    });
  }

  /* The page is being left: what it holds goes out at once, without waiting for what is under way. */
  flush() {
    if (this.stopped || this.submitting || !this.isDirty() || this.text.value.length > this.limit) return;
    const snapshot = this.snapshot();
    this.keep(snapshot);
    const size = snapshot.body.toString().length;
    if (this.fields.csrfmiddlewaretoken.value) this.attempt(snapshot, { keepalive: size < KEEPALIVE_LIMIT });
  }

  /* Signed out in another tab: nothing of the person stays on the screen. */
  leave() {
    this.stopped = true;
    this.submitting = true;
    window.location.replace("/");
  }

  /* Leave quickly sends the text itself, with the session's end: nothing else is sent after it. */
  onLeaving(event) {
    const snapshot = this.snapshot();
    event.detail.body = snapshot.body;
    this.keep(snapshot);
    this.stopped = this.submitting = true;
    clearTimeout(this.timer);
  }

  /* What a button sends is saved first, so that a page which cannot be reached leaves this one as it is. */
  onSubmit(event) {
    if (this.submitting || this.stopped) return event.preventDefault(); // pressed twice
    if (this.isDirty() || this.sending) {
      event.preventDefault();
      const button = event.submitter;
      this.settle().then((settled) => settled && this.form.requestSubmit(button));
      return;
    }
    if (this.inConflict && this.ancestor !== null) tellAncestor(this.form, this.ancestor);
    clearTimeout(this.timer);
    clearTimeout(this.keepTimer);
    this.submitting = true;
    this.fields.seq.value = String(this.snapshot().seq);
  }

  /* Done when all of the text is saved: true. False where it could not be, which the page says. */
  async settle() {
    if (this.settling) return false;
    this.settling = true;
    await this.sending;
    if (this.isDirty()) await this.send();
    this.settling = false;
    return !this.isDirty();
  }
}

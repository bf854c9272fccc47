/* Saves a page while it is written. Without it the form's own buttons save.
 *
 * What is typed is kept on this device within a fraction of a second (outbox.js) and sent to the server at most a
 * second after the last key, and every five seconds while typing goes on; one request at a time. The page numbers
 * its texts, each text has one number, and it names the version it builds on: journal/entries/saving.py tells what the server
 * makes of that. What happens is told in words at the foot of the page.
 */

import { body, content, fill, original, repairField, tellAncestor } from "./fields.js";
import { Keeping } from "./keeping.js";
import { outbox } from "./on-device.js";
import { SavedLine } from "./saved-line.js";
import { guardSignIn, post, showSignIn, whenBack } from "./session.js";
import { showRefused } from "./waiting.js";

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
    this.compare = form.querySelector("[data-compare]");
    this.signIn = form.querySelector("[data-sign-in]");
    this.words = form.dataset;
    this.line = new SavedLine(form.querySelector("[data-saved-line]"), this.words, Number(this.text.dataset.limit));
    this.sending = null; // the request under way
    this.timer = 0;
    this.keepTimer = 0;
    this.keeping = new Keeping();
    this.refused = null; // the content that the server does not take as it is
    this.pressed = null; // a button whose work waits until the text is saved
    this.firstChange = 0;
    this.stopped = false;
    this.failed = false; // the last attempt did not reach the server, or was refused
    this.retry = RETRY_FIRST;
    this.begin(this.text.defaultValue, original(form));

    form.addEventListener("input", (event) => this.onInput(event));
    form.addEventListener("submit", (event) => this.onSubmit(event));
    form.addEventListener("nightlight:leaving", (event) => this.onLeaving(event));
    guardSignIn(this.signIn, () => this.keep().then(() => this.keeping.kept));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    window.addEventListener("pagehide", () => this.flush());
    window.addEventListener("pageshow", () => (this.submitting = false));
    window.addEventListener("online", () => this.isDirty() && this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty() && !this.keeping.kept && this.failed && !this.submitting) event.preventDefault();
    });
    document.addEventListener("nightlight:taken", ({ detail }) => detail.page === this.page && this.leave(detail.address));
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
    this.keeping.kept = false;
    this.ready = outbox.hold(this.page);
  }

  /* Goes on with a text that this device kept when its page was closed: under that page's ids and numbers. */
  async resume(record) {
    fill(this.form, await outbox.read(record));
    this.begin(null, null);
    this.seq = record.seq;
    this.keeping.kept = true;
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
    return { seq, content: written, text: this.text.value, body: body(this.form, seq, this.failed ? this.pressed : null) };
  }

  say(words, problem = false) {
    this.line.say(words, problem);
  }

  isTooLong() {
    return this.line.isTooLong(this.text.value);
  }

  onInput({ target }) {
    this.pressed = null; // who goes on writing is not done
    const hasRepaired = target.matches("textarea") && repairField(target);
    this.onChange(hasRepaired ? this.words.repaired : this.words.unsent);
  }

  onChange(words = this.words.unsent) {
    if (this.stopped) return;
    this.keepTimer ||= setTimeout(() => this.keep(), KEEP_AFTER);
    if (!this.line.tellLength(this.text.value, this.failed ? "" : words)) return;
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
    return this.keeping.keep(record, content === this.saved);
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.sending || this.stopped || this.submitting || !this.isDirty()) return;
    if (this.isTooLong() || this.content() === this.refused) return;
    this.firstChange = 0;
    const snapshot = this.snapshot();
    this.sending = this.keep(snapshot).then(() => this.attempt(snapshot));
    await this.sending;
    this.sending = null;
    if (this.isDirty() && !this.failed && !this.stopped) this.schedule(PAUSE);
  }

  async attempt(snapshot, options) {
    try {
      this.onAnswer(snapshot, await post(this.form, this.url, snapshot.body, options));
    } catch {
      this.onFailure("offline");
    }
  }

  /* What each answer means is decided in answers.js. */
  onAnswer(snapshot, { meaning, answer }) {
    if (meaning === "saved") this.onSaved(snapshot, answer);
    else if (meaning === "beside") this.onConflict(snapshot, answer);
    else if (meaning === "refused" || meaning === "token") this.onRefused(snapshot, answer);
    else if (meaning === "other-person") this.conceal(answer.message);
    else this.onFailure({ "signed-out": "signedOut", unreachable: "offline", busy: "busy" }[meaning]);
  }

  /* Only the person can go on from here: by shortening, or by taking one of the ways to keep the text. The next key tries again. */
  async onRefused({ seq, content }, answer) {
    this.failed = true;
    this.refused = content;
    this.say(answer.message || this.words.refused, true);
    if (answer.reason === "text") return;
    await this.keeping.refuse(this.page, seq, answer);
    await showRefused(this.person, this.page, this.pressed !== null);
  }

  onSaved(snapshot, answer) {
    this.failed = false;
    this.retry = RETRY_FIRST;
    this.saved = snapshot.content;
    this.signIn.hidden = true;
    if (answer.state === "saved") {
      this.fields.base.value = String(answer.version);
      this.fields.entry.value = answer.entry;
      this.ancestor = snapshot.text;
    }
    if (answer.address) this.moveTo(answer.address);
    this.keeping.drop(this.page, snapshot.seq);
    if (!this.isDirty()) this.say(answer.message ?? "");
    else this.say(this.words.unsent);
    this.form.dispatchEvent(new CustomEvent("nightlight:saved", { bubbles: true }));
    if (this.pressed && !this.settling && !this.isDirty()) this.form.requestSubmit(this.pressed);
  }

  /* A page of its own that was new has an address since it was saved: loading this page again shows it. */
  moveTo(address) {
    history.replaceState(history.state, "", address);
    this.signIn.search = new URLSearchParams({ next: address });
  }

  /* The server keeps this text beside the one that was written elsewhere, and goes on doing so. */
  onConflict(snapshot, answer) {
    this.failed = false;
    this.saved = snapshot.content;
    this.keeping.drop(this.page, snapshot.seq);
    this.inConflict = true;
    this.pressed = null;
    if (this.compare) this.compare.hidden = false;
    this.say(answer.message);
  }

  onFailure(reason) {
    this.failed = true;
    const { kept } = this.keeping;
    if (reason === "signedOut") showSignIn(this.signIn, kept);
    if (this.pressed) this.keep(); // with the work of the button
    this.say(this.words[kept ? `${reason}Kept` : reason], !kept);
    if (kept) outbox.sendWhenBack().catch(() => {});
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
    this.say(this.keeping.kept ? this.words.otherPersonKept : words, true);
    whenBack(this.form, this.person).then(() => {
      shown.hidden = false;
      this.concealed = false;
      this.send();
    });
  }

  /* The page is being left: what it holds goes out at once, without waiting for what is under way. */
  flush() {
    if (this.stopped || this.submitting || !this.isDirty() || this.isTooLong()) return;
    const snapshot = this.snapshot();
    this.keep(snapshot);
    const size = snapshot.body.toString().length;
    if (this.fields.csrfmiddlewaretoken.value && snapshot.content !== this.refused) this.attempt(snapshot, { keepalive: size < KEEPALIVE_LIMIT });
  }

  /* Signed out in another tab, so that nothing of the person stays on the screen; or saved elsewhere, at `address`. */
  leave(address = "/") {
    this.stopped = true;
    this.submitting = true;
    window.location.replace(address);
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
      this.pressed = button;
      this.settle().then((settled) => {
        if (settled) this.form.requestSubmit(button);
        else if (this.content() === this.refused) showRefused(this.person, this.page, true);
      });
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

/* Saves a form as it is written, where it is no page of a journal (autosave.js does that): a set, a note, a reply, a label. Without it
 * the form's own buttons save.
 *
 * The form is sent in the background a moment after the last key, while typing goes on every few seconds, when its page is hidden or
 * left, and after each act; one request at a time. Its fields name the version that it builds on. A request whose answer did not arrive
 * may have been done: what is sent next names it in `before`, so that the server knows its own page again. What happens is told in
 * words in [data-saved-line]; the form has them from components/saving_attributes.html. What answers mean is decided in answers.js.
 */

import { SavedLine } from "./saved-line.js";
import { guardSignIn, post, whenBack } from "./session.js";

const PAUSE = 1200; // milliseconds
const LONGEST_WAIT = 6000;
const RETRY_FIRST = 2000;
const RETRY_LAST = 30000;
const KEEPALIVE_LIMIT = 60000; // bytes that browsers let a closing page send
const MOST_BEFORE = 4;

const BESIDES = new Set(["csrfmiddlewaretoken", "version"]); // fields that one content is not told from another by

export class Saving {
  /* `ignored` tells of a field's name that it is sent, but nothing to save. `action` is the value of the field `action` that saves in
   * the background; `last` gives the one that a page which is left has to send even where all is saved, or "". What becomes of it is
   * handed to `onSaved(answer)`, `onRefused(answer)` and `onConflict(answer)`; `onUnchanged()` where what was changed was changed back.
   */
  constructor(form, options) {
    const nothing = { onSaved() {}, onUnchanged() {}, onRefused() {}, onConflict() {} };
    Object.assign(this, { ignored: () => false, action: "", last: () => "" }, nothing, options, { form });
    this.url = form.getAttribute("action");
    this.words = form.dataset;
    this.line = new SavedLine(form.querySelector("[data-saved-line]"), this.words, Infinity);
    this.signIn = form.querySelector("[data-sign-in]");
    this.person = form.elements.author.value;
    this.saved = this.content();
    this.savedWords = form.querySelector("[data-saved-line]").textContent; // what there is to say while nothing is new
    this.sending = null;
    this.unanswered = []; // bodies that may have been saved
    this.refused = null; // the content that the server does not take as it is
    this.inConflict = false;
    this.failed = false;
    this.quiet = false; // leaving asks nothing any more
    this.stopped = false;
    this.timer = 0;
    this.firstChange = 0;
    this.retry = RETRY_FIRST;
    if (this.signIn) guardSignIn(this.signIn, () => Promise.resolve(false));
    form.addEventListener("input", ({ target }) => this.ignored(target.name) || this.onChange());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    window.addEventListener("pagehide", () => {
      this.flush(this.last());
      this.stop(); // it is hidden next, which would send what it held before its last act
    });
    window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
    window.addEventListener("online", () => this.isDirty() && this.send());
    window.addEventListener("beforeunload", (event) => this.isHeldUp() && event.preventDefault());
    this.listen();
  }

  /* A page that signs out asks the others to send what they hold, and tells them when it is done. */
  listen() {
    this.channel = new BroadcastChannel("nightlight");
    this.channel.addEventListener("message", ({ data }) => {
      if (data.flush === this.person) {
        this.flush(this.last());
        this.quiet = true;
      }
      if (data.gone === this.person && !this.stopped) {
        this.stopped = true;
        window.location.replace("/");
      }
    });
  }

  content() {
    return JSON.stringify([...new FormData(this.form)].filter(([name]) => !BESIDES.has(name) && !this.ignored(name)));
  }

  isDirty() {
    return this.content() !== this.saved;
  }

  /* Changes the page to what the server has already: there is nothing new to save. */
  follow(change) {
    const wasDirty = this.isDirty();
    change();
    if (!wasDirty) this.saved = this.content();
  }

  /* Whether something would be lost with the page that this script could not send. */
  isHeldUp() {
    return !this.quiet && !this.stopped && this.isDirty() && (this.failed || this.inConflict || this.refused !== null);
  }

  body(action) {
    const body = new URLSearchParams(new FormData(this.form));
    body.delete("csrfmiddlewaretoken");
    if (action) body.set("action", action);
    return body;
  }

  withBefore(body) {
    const sent = new URLSearchParams(body);
    for (const before of this.unanswered) sent.append("before", before);
    return sent;
  }

  say(words, problem = false) {
    this.line.say(words, problem);
  }

  onChange() {
    if (this.stopped) return;
    this.quiet = false;
    if (this.inConflict) return;
    if (!this.isDirty() && this.unanswered.length === 0) return this.sayUnchanged();
    if (!this.failed) this.say(this.words.unsent);
    if (this.failed && this.timer) return; // the next attempt has its time
    this.firstChange ||= Date.now();
    this.schedule(Math.max(0, Math.min(PAUSE, this.firstChange + LONGEST_WAIT - Date.now())));
  }

  /* What was changed was changed back. */
  sayUnchanged() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.firstChange = 0;
    this.refused = null;
    this.say(this.savedWords);
    this.onUnchanged();
    return true;
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  /* Saves what is new. True where all of it is saved. */
  async send() {
    await this.settle();
    if (this.stopped || this.inConflict || this.content() === this.refused) return false;
    if (!this.isDirty() && this.unanswered.length === 0) return this.sayUnchanged();
    return (await this.act(this.action))?.state === "saved";
  }

  /* Sends the form with an action, and gives the answer, where there is one. */
  async act(action) {
    await this.settle();
    clearTimeout(this.timer);
    this.timer = 0;
    this.firstChange = 0;
    const content = this.content();
    this.sending = this.attempt(this.body(action), content);
    const answer = await this.sending;
    this.sending = null;
    if (answer?.state === "saved" && this.isDirty() && !this.stopped) this.onChange();
    return answer;
  }

  async settle() {
    while (this.sending) await this.sending;
  }

  async attempt(body, content, options) {
    const sent = this.withBefore(body);
    this.unanswered = [...this.unanswered, body.toString()].slice(-MOST_BEFORE);
    try {
      const { meaning, answer } = await post(this.form, this.url, sent, options);
      return this.onAnswer(meaning, answer, content);
    } catch {
      return this.onFailure("offline");
    }
  }

  onAnswer(meaning, answer, content) {
    if (meaning === "saved") return this.onDone(answer, content);
    if (meaning === "beside") return this.onBeside(answer);
    if (meaning === "refused" || meaning === "token") return this.onRefusal(answer, content);
    if (meaning === "other-person") return this.conceal(answer.message);
    return this.onFailure({ "signed-out": "signedOut", unreachable: "offline", busy: "busy" }[meaning]);
  }

  onDone(answer, content) {
    this.failed = this.inConflict = false;
    this.refused = null;
    this.retry = RETRY_FIRST;
    this.unanswered = [];
    this.saved = content;
    if (answer.version !== undefined) this.form.elements.version.value = String(answer.version);
    if (this.signIn) this.signIn.hidden = true;
    this.savedWords = answer.message;
    this.onSaved(answer);
    this.say(this.isDirty() ? this.words.unsent : answer.message);
    return answer;
  }

  /* Only the person can go on from here: the next change tries again. */
  onRefusal(answer, content) {
    this.failed = false;
    this.unanswered = [];
    this.refused = content;
    this.say(answer.message || this.words.refused, true);
    this.onRefused(answer);
    return answer;
  }

  onBeside(answer) {
    this.failed = false;
    this.unanswered = [];
    this.inConflict = true;
    this.say(answer.message, true);
    this.onConflict(answer);
    return answer;
  }

  /* The person has seen both states, and wants this one in place of version `version`. */
  overwrite(version) {
    this.inConflict = false;
    this.form.elements.version.value = String(version);
    return this.act(this.action);
  }

  onFailure(reason) {
    this.failed = true;
    if (reason === "signedOut" && this.signIn) this.signIn.hidden = false;
    this.say(this.words[reason], true);
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, RETRY_LAST);
    return null;
  }

  /* Somebody else is signed in here now: what is written is not for them to see. It waits for its writer. */
  conceal(words) {
    this.failed = true;
    this.say(words, true);
    if ("concealed" in this.form.dataset) return null;
    this.form.dataset.concealed = "";
    whenBack(this.form, this.person).then(() => {
      delete this.form.dataset.concealed;
      this.send();
    });
    return null;
  }

  /* The page may be gone at once: what it holds goes out without waiting for what is under way. */
  flush(last = "") {
    const content = this.content();
    if (this.stopped || this.inConflict || content === this.refused || !(last || content !== this.saved)) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const body = this.body(last || this.action);
    this.attempt(body, content, { keepalive: this.withBefore(body).toString().length < KEEPALIVE_LIMIT });
  }

  /* The page is left on purpose, and sends nothing more. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}

/* What an answer of the server means for a text that was sent: `globalThis.answers`. The one place that decides which
 * refusal passes by itself and which does not. A classic script, as outbox.js.
 *
 * saved        the server has the text
 * beside       it keeps the text beside one that was written elsewhere
 * signed-out   nobody is signed in: it waits for its writer
 * other-person somebody else is signed in: it waits for its writer
 * token        the form's token is old: ask for a new one, and send once more
 * refused      it would be refused again and again: only its writer can go on from here
 * unreachable  something other than Nightlight answered, or nothing: try again
 * busy         Nightlight could not do it just now: try again
 */

(() => {
  const PASSING = new Set([408, 425, 429]); // of the 4xx, those that say: not now
  const LASTING = new Set([400, 413, 422]); // of the 4xx, those that are about the text, whoever answers so

  function meaning({ status, answer }) {
    if (status >= 200 && status < 300) return ["saved", "empty"].includes(answer.state) ? "saved" : "unreachable";
    if (status < 400) return "unreachable"; // a redirect: this site never redirects what a script sends
    if (status === 409 && answer.state === "conflict") return "beside";
    if (status === 401) return "signed-out";
    if (status === 403) return answer.state === "other-person" ? "other-person" : "token";
    if (PASSING.has(status) || status >= 500) return "busy";
    // Any other is Nightlight's own only if it says what became of the text: a proxy may not find the site while it starts anew.
    return answer.state || LASTING.has(status) ? "refused" : "unreachable";
  }

  globalThis.answers = { meaning };
})();

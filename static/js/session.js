/* Who is signed in here, for a page whose text the server turned away because that is somebody else by now, or nobody. */

import { deviceKey, outbox } from "./on-device.js";

const ASK_AGAIN = 5000; // milliseconds

/* Gives the form the token of whoever is signed in now, and returns it; "" where nobody is. */
async function renewToken(form) {
  const session = await deviceKey.handshake();
  if (session) form.elements.csrfmiddlewaretoken.value = session.token;
  return session?.token ?? "";
}

/* Sends a text of this form, with a new token where the form's is old. Gives and throws what outbox.post does. */
export async function post(form, url, body, options) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const response = token ? await outbox.post(url, body, token, options) : { meaning: "token" };
  if (response.meaning !== "token") return response;
  // Signing in again gave the browser a new token; this page still held the old one, or none yet.
  const renewed = await renewToken(form);
  return renewed ? outbox.post(url, body, renewed, options) : { meaning: "signed-out" };
}

/* Done when `person` is signed in again; the form has their token then. */
export function whenBack(form, person) {
  return new Promise((resolve) => {
    const again = setInterval(async () => {
      const session = await deviceKey.handshake().catch(() => null);
      if (session?.author !== person) return;
      clearInterval(again);
      form.elements.csrfmiddlewaretoken.value = session.token;
      resolve();
    }, ASK_AGAIN);
  });
}

/* What is kept on the device comes back after signing in; otherwise this tab has to stay as it is. */
export function showSignIn(link, kept) {
  link.hidden = false;
  if (kept) link.removeAttribute("target");
  else link.target = "_blank";
}

/* Before the page is left for the sign-in, `keep` keeps its text on this device: true. Else the sign-in has a tab of its own. */
export function guardSignIn(link, keep) {
  let leaving = false;
  link.addEventListener("click", async (event) => {
    if (leaving) return;
    event.preventDefault();
    link.target = (await keep()) ? "" : "_blank";
    leaving = true;
    link.click();
    leaving = false;
  });
}

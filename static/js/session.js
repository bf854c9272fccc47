/* Who is signed in here, for a page whose text the server turned away because that is somebody else by now, or nobody. */

import "./outbox.js";

const { outbox } = globalThis;
const ASK_AGAIN = 5000; // milliseconds

/* Gives the form the token of whoever is signed in now, and returns it; "" where nobody is. */
export async function renewToken(form) {
  const session = await outbox.handshake();
  if (session) form.elements.csrfmiddlewaretoken.value = session.token;
  return session?.token ?? "";
}

/* Done when `person` is signed in again; the form has their token then. */
export function whenBack(form, person) {
  return new Promise((resolve) => {
    const again = setInterval(async () => {
      const session = await outbox.handshake().catch(() => null);
      if (session?.author !== person) return;
      clearInterval(again);
      form.elements.csrfmiddlewaretoken.value = session.token;
      resolve();
    }, ASK_AGAIN);
  });
}

/* Before the page is left for the sign-in, `keep` keeps its text on this device: true. Else the sign-in has a tab of its own. */
export function guardSignIn(link, keep) {
  let leaving = false;
  link?.addEventListener("click", async (event) => {
    if (leaving) return;
    event.preventDefault();
    link.target = (await keep()) ? "" : "_blank";
    leaving = true;
    link.click();
    leaving = false;
  });
}

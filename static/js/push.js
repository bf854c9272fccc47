/* Reminders on this device: [data-push] holds the site's public key. Its button subscribes this browser, and its list marks the one that
 * the page is open in.
 */

const section = document.querySelector("[data-push]");

function say(name) {
  for (const said of section.querySelectorAll("[data-push-said]")) said.hidden = said.dataset.pushSaid !== name;
}

/* A key in base64url, as the browser wants it. */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/* The row of the list that stands for this subscription. */
function rowOf(subscription) {
  return [...section.querySelectorAll("[data-endpoint]")].find((row) => row.dataset.endpoint === subscription?.endpoint);
}

async function subscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  // One that the list does not know is another person's who used this browser, or was made with another key.
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(section.dataset.push) });
  const { endpoint, keys } = made.toJSON();
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ endpoint, ...keys, csrfmiddlewaretoken: token });
  const answer = await fetch(section.dataset.pushAt, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
  if (answer.status === 200) return location.reload();
  await made.unsubscribe();
  throw new Error("not taken");
}

async function begin(offer) {
  if (!section.dataset.push || !navigator.serviceWorker || !globalThis.PushManager || !globalThis.Notification) return say("unable");
  if (Notification.permission === "denied") return say("denied");
  offer.hidden = false;
  offer.addEventListener("click", async () => {
    offer.disabled = true;
    await subscribe().catch(() => say(Notification.permission === "denied" ? "denied" : "failed"));
    offer.disabled = false;
  });
  const registration = await navigator.serviceWorker.ready;
  const row = rowOf(await registration.pushManager.getSubscription());
  if (!row) return;
  row.querySelector("[data-push-here]").hidden = false;
  offer.hidden = true;
}

if (section) begin(section.querySelector("[data-push-offer]"));

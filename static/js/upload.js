/* Sends a file in slices: form[data-upload]. A slice that does not arrive is sent again once there is a connection, from where the server
 * says that it has come to; so is a file that is chosen once more on the same page. Without this the form sends the file at once.
 */

const form = document.querySelector("form[data-upload]");
const PAUSE = 3000; // milliseconds before another try

function part(name) {
  return form.querySelector(`[data-${name}]`);
}

function say(text) {
  part("sent").hidden = false;
  part("said").textContent = text;
}

function post(fields) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return fetch(form.dataset.upload, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
}

const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));

/* What the server answers to the slice that begins there; where the file cannot be sent, an answer without a size. */
async function sendSlice(file, id, at) {
  const slice = file.slice(at, at + Number(form.dataset.slice));
  for (;;) {
    try {
      const answer = await post({ id, name: file.name, size: file.size, at, slice });
      if (answer.ok || answer.status === 409) return await answer.json();
      if (answer.status < 500 && answer.status !== 429) return await answer.json().catch(() => ({}));
    } catch {
      say(form.dataset.broken);
    }
    await wait(PAUSE);
  }
}

async function send(file) {
  const id = crypto.randomUUID();
  const bar = part("sent").querySelector("progress");
  for (let at = 0; ; ) {
    say(form.dataset.sending);
    bar.value = at / file.size;
    const answer = await sendSlice(file, id, at);
    if (!("size" in answer)) return say(answer.says ?? form.dataset.refused);
    if (answer.next) return location.assign(answer.next);
    at = answer.size;
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.elements.file.files[0];
  if (!file) return say(form.dataset.none);
  if (!file.size) return say(form.dataset.empty);
  if (file.size > Number(form.dataset.limit)) return say(form.dataset.large);
  const button = form.querySelector("button");
  button.disabled = true;
  await send(file);
  button.disabled = false;
});

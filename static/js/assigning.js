/* A set is assigned: form[data-assigning]. The first nights are drawn anew as one chooses, and the list of clients narrows while one types.
 * Without this the button "Preview the first nights" sends the form and the whole page comes back.
 */

const PAUSE = 250; // milliseconds without a change

const form = document.querySelector("form[data-assigning]");
const find = form.querySelector("[data-find]");

let asking = null; // the request under way
let waiting = 0;

/* A note that is being written stays as it is; those of clients who are chosen no more go. */
function swapNotes(page) {
  const found = page.querySelector("[data-notes]");
  for (const note of found.querySelectorAll("[data-note]")) {
    const before = document.getElementById(note.id);
    if (before) note.replaceWith(before);
  }
  const held = document.activeElement;
  form.querySelector("[data-notes]").replaceChildren(...found.childNodes);
  if (form.contains(held) && held !== document.activeElement) held.focus({ preventScroll: true });
}

function swap(page) {
  const found = page?.querySelector("[data-preview]");
  if (!found) return; // signed out, or failed: the button says so
  const isOpen = form.querySelector("[data-preview] details")?.open;
  form.querySelector("[data-preview]").replaceWith(found);
  const details = found.querySelector("details");
  if (details && isOpen) details.open = true;
  swapNotes(page);
}

/* The browser makes a document of the answer by itself: of a string a script may make none here. */
function show() {
  asking?.abort();
  const request = new XMLHttpRequest();
  asking = request;
  request.open("POST", form.action);
  request.responseType = "document";
  request.onload = () => { if (request.status === 200) swap(request.response); };
  const fields = new FormData(form);
  fields.append("show", "show");
  request.send(new URLSearchParams(fields));
}

form.addEventListener("change", (event) => {
  if (event.target.closest("[data-notes], [data-find]") || event.target.name === "note") return;
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE);
});
form.addEventListener("submit", () => {
  clearTimeout(waiting);
  asking?.abort();
});

const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow() {
  const words = bare(find.querySelector("input").value).split(/\s+/).filter(Boolean);
  for (const label of form.querySelectorAll("[data-whom] label")) {
    const name = bare(label.textContent);
    label.parentElement.hidden = !label.querySelector(":checked") && !words.every((word) => name.includes(word));
  }
}

if (find) {
  find.hidden = false;
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the form
  });
}
form.querySelector("[data-show]").hidden = true;

/* Narrowing a list: form[data-narrow]. What it finds is swapped into [data-found] while somebody types or chooses. The form's button loads
 * the whole page, and is all there is without this.
 */

const PAUSE = 250; // milliseconds without a key

const form = document.querySelector("form[data-narrow]");

let asking = null; // the request under way
let waiting = 0;

const found = (page) => page.querySelector("[data-found]");

/* The browser makes a document of the answer by itself: of a string a script may make none here. */
function narrow() {
  clearTimeout(waiting);
  asking?.abort();
  const request = new XMLHttpRequest();
  asking = request;
  request.open("POST", form.action); // what is looked for is in no address
  request.responseType = "document";
  request.onload = () => {
    const list = request.status === 200 && request.response && found(request.response);
    if (list) found(document).replaceWith(list);
  };
  request.send(new URLSearchParams(new FormData(form)));
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(narrow, PAUSE);
});
form?.addEventListener("submit", () => {
  clearTimeout(waiting);
  asking?.abort();
});

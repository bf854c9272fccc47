/* How far a job is: [data-job] is asked for anew, and the whole page once the job is over. The page that is left open costs little: it asks
 * less and less often, and not at all while nobody sees it.
 */

const FIRST = 1000; // milliseconds between two looks
const LONGEST = 5000;
const SLOWER = 1.15;

let wait = FIRST;

/* The part; or another page, where the job is over or somebody has signed out meanwhile; null while there is no connection. */
function ask() {
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.open("GET", `${location.pathname}?part=progress`);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.response : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

async function look() {
  const shown = document.querySelector("[data-job]");
  if (!shown || shown.dataset.job === "over") return;
  if (!document.hidden) {
    const page = await ask();
    const found = page?.querySelector("[data-job]");
    if (page && found?.dataset.job !== "waiting" && found?.dataset.job !== "running") return location.reload();
    if (found) show(shown, found);
  }
  wait = Math.min(wait * SLOWER, LONGEST);
  setTimeout(look, wait);
}

/* Only what changed, so that a button that has the focus keeps it. */
function show(shown, found) {
  const [state, newState] = [shown, found].map((part) => part.querySelector("#job-state"));
  if (state && newState && state.textContent !== newState.textContent) state.textContent = newState.textContent;
  const [bar, newBar] = [shown, found].map((part) => part.querySelector("progress"));
  if (bar && newBar?.hasAttribute("value")) {
    bar.max = newBar.max;
    bar.value = newBar.value;
  }
  shown.dataset.job = found.dataset.job;
  if (!found.querySelector("form")) shown.querySelector("form")?.remove();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) wait = FIRST;
});
if (document.querySelector("[data-job]")) setTimeout(look, wait);

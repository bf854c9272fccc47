/* Whether the formatting buttons were open last on this device: :root[data-formatting]. This loads before the page is drawn, so that
 * nothing moves when they are. What is kept is one word, and nothing of what anybody writes.
 */

try {
  if (localStorage.getItem("nightlight-formatting") === "open") document.documentElement.dataset.formatting = "";
} catch {
  // a browser that keeps nothing begins with the buttons closed
}

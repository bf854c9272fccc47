/* The control that shows the formatting buttons, and keeps on this device whether they are wanted: [data-formatting-control]. */

const KEY = "nightlight-formatting"; // formatting-wanted.js reads it
const root = document.documentElement;
const isOpen = () => "formatting" in root.dataset;

function keep() {
  try {
    if (isOpen()) localStorage.setItem(KEY, "open");
    else localStorage.removeItem(KEY);
  } catch {
    // they are open on this page only
  }
}

for (const control of document.querySelectorAll("[data-formatting-control]")) {
  const tell = () => control.setAttribute("aria-expanded", String(isOpen()));
  control.addEventListener("click", () => {
    if (isOpen()) delete root.dataset.formatting;
    else root.dataset.formatting = "";
    keep();
    tell();
  });
  tell();
}

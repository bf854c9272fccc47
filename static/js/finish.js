/* Control or Command with Enter finishes a page, as in letters and messages elsewhere: form[data-autosave]. */

for (const form of document.querySelectorAll("form[data-autosave]")) {
  form.addEventListener("keydown", (event) => {
    if (!event.target.matches("textarea")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-finish]"));
    }
  });
}

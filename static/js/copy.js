/* Copies a text that stands in a field: button[data-copies], the field's id. Without this the text is there to be marked. What was done
 * is said in the [data-copy-status] beside it.
 */

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[data-copy-status]");

  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = button.dataset.copied;
    } catch {
      // Not allowed, or not over https: the text is marked, to be copied by hand.
      field.focus();
      field.select();
      status.textContent = button.dataset.marked;
    }
  });
}

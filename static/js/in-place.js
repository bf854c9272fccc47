/* Changes the page above a text, and leaves the text where it is on the screen while somebody writes in it. */
export function inPlace(change) {
  const field = document.activeElement;
  const before = field.getBoundingClientRect().top;
  change();
  if (field.matches("textarea")) window.scrollBy({ top: field.getBoundingClientRect().top - before, behavior: "instant" });
}

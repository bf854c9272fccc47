/* The second click of a double click can fall on the page that the first one led to. Nobody has aimed at what stands there
 * by chance, a link or a button, so it does nothing; whoever wants to leave quickly always can. This loads before the page
 * is drawn: there is no moment without it.
 */

{
  let isFirst = true;
  document.addEventListener(
    "click",
    (event) => {
      if (isFirst && event.detail > 1 && !event.target.closest("[data-leave-button]")) {
        event.preventDefault();
        event.stopPropagation();
      }
      isFirst = false;
    },
    { capture: true },
  );
}

/* Shows a password while it is typed, for whoever wants to see it: button[data-show-password], after its field. It is a password
 * again whenever the form is sent and when the page comes back, so that browsers keep it as one and nobody finds it shown.
 */

for (const button of document.querySelectorAll("[data-show-password]")) {
  const field = button.previousElementSibling;

  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  // No service that checks spelling is sent a password that is shown.
  field.spellcheck = false;
  field.setAttribute("autocapitalize", "none");
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  window.addEventListener("pagehide", () => show(false));
}

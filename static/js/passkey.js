/* Says so when a passkey was cancelled or could not be used: [data-passkey-problem]. allauth's script tells by an event. */

document.addEventListener("allauth.error", (event) => {
  const problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  problem.hidden = false;
  problem.focus();
});

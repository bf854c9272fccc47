/* Says so when a passkey was cancelled or could not be used: [data-passkey-problem]. allauth's script tells by an event.
 * At sign-in, what is ticked beside the password goes along with a passkey, too: [data-own-device].
 */

const ownDevice = document.querySelector("[data-own-device]");
const box = document.getElementById("id_own_device");
if (ownDevice) box.addEventListener("change", () => (ownDevice.value = box.checked ? "on" : ""));

document.addEventListener("allauth.error", (event) => {
  const problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  problem.hidden = false;
  problem.focus();
});

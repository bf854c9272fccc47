/* Says so when a passkey was cancelled or could not be used: [data-passkey-problem]. allauth's script tells by an event.
 * Where the address is a number, on which no browser uses passkeys, it says where they work in place of their button:
 * [data-passkey-elsewhere].
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

const BUTTONS = "#passkey_login, #mfa_webauthn_authenticate, #mfa_webauthn_reauthenticate, #mfa_webauthn_add, #mfa_webauthn_signup";
const LOOPBACK = /^(127\.[\d.]+|\[::1\])$/;
const NUMBER = /^([\d.]+|\[.*\])$/;

const { hostname } = window.location;
const elsewhere = document.querySelector("[data-passkey-elsewhere]");
const buttons = document.querySelectorAll(BUTTONS);
if (elsewhere && buttons.length && NUMBER.test(hostname)) {
  for (const button of buttons) button.hidden = true;
  elsewhere.hidden = false;
  if (elsewhere.dataset.open && LOOPBACK.test(hostname)) {
    const link = document.createElement("a");
    link.href = window.location.href.replace(hostname, "localhost");
    link.textContent = `${elsewhere.dataset.open} ${link.host}`;
    elsewhere.append(" ", link);
  }
}

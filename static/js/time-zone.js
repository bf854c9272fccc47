/* Tells the sign-up form which time zone this device lives in: input[data-time-zone]. */

for (const input of document.querySelectorAll("input[data-time-zone]")) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

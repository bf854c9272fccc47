/* Until when the pages of this device stay open without use, for a page that cannot ask the server: the offline page. */

const KEY = "nightlight-open-until";

/* `milliseconds` from now on; null for a device of one's own, whose pages stay open. */
export function keepOpen(milliseconds) {
  try {
    if (milliseconds === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, String(Date.now() + milliseconds));
  } catch {
    // a browser that keeps nothing keeps no text either
  }
}

export function isPast() {
  try {
    return Date.now() >= Number(localStorage.getItem(KEY) ?? Infinity);
  } catch {
    return false;
  }
}

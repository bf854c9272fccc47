/* The key that seals text on this device: `globalThis.deviceKey`, for pages and for the worker. A classic script, as outbox.js.
 *
 * It is made of two halves (HKDF). One is made here, lies in IndexedDB and never leaves the device; the other the server
 * gives to the person who is signed in. The server's half is kept as long as they are: in a cache of its own, whose file
 * the browser removes when `lock` deletes it. IndexedDB is no place for it, since its files keep what was deleted.
 */

(() => {
  const CACHE = "signed-in";
  const ADDRESS = "/journal/signed-in/";
  const BUSY = 8000; // milliseconds after which an answer is not waited for any longer
  const PURPOSE = new TextEncoder().encode("nightlight unsent text");

  const known = new Map(); // id of a device → its key, while this page or worker lives

  /* A new half, with an id for the server to make the other one for. */
  async function make() {
    const half = await crypto.subtle.importKey("raw", crypto.getRandomValues(new Uint8Array(32)), "HKDF", false, ["deriveKey"]);
    return { device: crypto.randomUUID(), half };
  }

  function combine(half, serverHalf) {
    const salt = Uint8Array.from(serverHalf.match(/../g), (digits) => parseInt(digits, 16));
    const way = { name: "HKDF", hash: "SHA-256", salt, info: PURPOSE };
    return crypto.subtle.deriveKey(way, half, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  /* Who is signed in and the token to send with, and the half for `device`; null while nobody is. Throws where the site
   * cannot be reached. */
  async function handshake(device = "") {
    const address = device ? `${ADDRESS}?device=${device}` : ADDRESS;
    const options = { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(BUSY) };
    const answer = await fetch(address, options);
    if (answer.status === 401) {
      await lock().catch(() => {});
      return null;
    }
    if (!answer.ok) throw new Error("busy");
    return answer.json();
  }

  /* The server's half, as it was given since this person signed in; "" where there is none. */
  async function kept(device) {
    const answer = await caches.match(ADDRESS, { cacheName: CACHE }).catch(() => null); // some private windows have no caches
    const held = answer ? await answer.json() : {};
    return held.device === device ? held.half : "";
  }

  async function ask(person, device) {
    const session = await handshake(device);
    if (session?.author !== person || !session.half) throw new Error("nobody of that name is signed in here");
    await keep(person, device, session.half).catch(() => {}); // then it is known to this page alone
    return session.half;
  }

  async function keep(person, device, half) {
    const cache = await caches.open(CACHE);
    await cache.put(ADDRESS, new Response(JSON.stringify({ device, half })));
    const still = await deviceStore.person(person);
    if (!still?.current || still.device !== device) await lock(); // signed out in the meantime
  }

  /* The key of this person here. Throws where there is none to be had: they are not signed in. */
  async function of(person) {
    const owner = await deviceStore.person(person);
    if (!owner?.half) throw new Error("nobody of that name is signed in here");
    if (!known.has(owner.device)) {
      const serverHalf = (await kept(owner.device)) || (await ask(person, owner.device));
      known.set(owner.device, await combine(owner.half, serverHalf));
    }
    return { device: owner.device, key: known.get(owner.device) };
  }

  /* From here on this device's files do not open what is sealed on it, until the person signs in again. A page that is open keeps
   * its key, so that what is typed after the session has ended is kept, too. */
  async function lock() {
    const cache = await caches.open(CACHE);
    await cache.delete(ADDRESS);
    await caches.delete(CACHE);
  }

  globalThis.deviceKey = { handshake, lock, make, of };
})();

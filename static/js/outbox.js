/* Text that the server does not have yet, kept on this device: `globalThis.outbox`, for pages and for the worker.
 *
 * One record for each opened page, encrypted (AES-GCM) with a key that WebCrypto never gives out, one key a person.
 * A record is removed once the server has its text; records and key go when the person signs out. A page holds a
 * lock on its record while it is open: whoever sends waiting text leaves those of open pages alone.
 *
 * A classic script without exports, since not every browser loads modules in a service worker.
 */

(() => {
  const DATABASE = "nightlight";
  const PEOPLE = "people"; // {id, key, zone, nightEnds, current, arrived}
  const UNSENT = "unsent"; // {page, person, seq, url, entry, night, at, nonce, sealed}
  const CLOSING = 2000; // milliseconds that a page which is being closed may take to let go of its record
  const BUSY = 8000; // milliseconds after which an answer is not waited for any longer

  let opening = null;

  function open() {
    opening ||= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(PEOPLE, { keyPath: "id" });
        request.result.createObjectStore(UNSENT, { keyPath: "page" }).createIndex("person", "person");
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("blocked"));
    });
    opening.catch(() => (opening = null));
    return opening;
  }

  /* Runs `work` in one transaction, and is done when that is on the disk: a battery may end at any moment. */
  async function within(mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction([PEOPLE, UNSENT], mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      work(transaction.objectStore(PEOPLE), transaction.objectStore(UNSENT), (value) => (result = value));
    });
  }

  function get(store, id) {
    return within("readonly", (people, unsent, give) => {
      const request = (store === PEOPLE ? people : unsent).get(id);
      request.onsuccess = () => give(request.result);
    });
  }

  /* The person signed in here now, and what the offline page has to know of them. Makes their key once. */
  async function remember({ id, zone, nightEnds }) {
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await within("readwrite", (people) => {
      const all = people.getAll();
      all.onsuccess = () => {
        for (const person of all.result) if (person.id !== id && person.current) people.put({ ...person, current: false });
        const known = all.result.find((person) => person.id === id);
        people.put({ ...known, id, key: known?.key ?? fresh, zone, nightEnds, current: true });
      };
    });
  }

  async function current() {
    return within("readonly", (people, unsent, give) => {
      const all = people.getAll();
      all.onsuccess = () => give(all.result.find((person) => person.current));
    });
  }

  /* A sealed text opens for its own person and page only. */
  const place = (person, page) => new TextEncoder().encode(`nightlight ${person} ${page}`);

  /* Keeps the form data `body` (URLSearchParams) as what `page` has to send under number `seq`. An older one stays out. */
  async function keep({ person, page, seq, url, entry, night, body }) {
    const known = await get(PEOPLE, person);
    if (!known) throw new Error("nobody of that name is signed in here");
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(body.toString());
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: place(person, page) }, known.key, plain);
    await within("readwrite", (people, unsent) => {
      const owner = people.get(person);
      owner.onsuccess = () => {
        if (!owner.result) return; // signed out in the meantime
        const there = unsent.get(page);
        there.onsuccess = () => {
          if (!there.result || there.result.seq <= seq) unsent.put({ page, person, seq, url, entry, night, at: Date.now(), nonce, sealed });
        };
      };
    });
  }

  /* The server has what `page` sent under `seq`. What was typed after that stays. */
  function drop(page, seq) {
    return within("readwrite", (people, unsent) => {
      const there = unsent.get(page);
      there.onsuccess = () => {
        if (there.result && there.result.seq <= seq) unsent.delete(page);
      };
    });
  }

  /* What waits for this person, oldest first; nothing of it opened. */
  async function waiting(person) {
    const records = await within("readonly", (people, unsent, give) => {
      const request = unsent.index("person").getAll(person);
      request.onsuccess = () => give(request.result);
    });
    return records.sort((a, b) => a.at - b.at);
  }

  async function read(record) {
    const { key } = await get(PEOPLE, record.person);
    const algorithm = { name: "AES-GCM", iv: record.nonce, additionalData: place(record.person, record.page) };
    return new URLSearchParams(new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, record.sealed)));
  }

  /* Forgets a person on this device: what they had not sent, and the key that opened it. */
  function forget(person) {
    return within("readwrite", (people, unsent) => {
      people.delete(person);
      const records = unsent.index("person").getAllKeys(person);
      records.onsuccess = () => records.result.forEach((page) => unsent.delete(page));
    });
  }

  const lockOf = (page) => `nightlight ${page}`;

  /* This page is open and sends its own text, until it is closed. False where another has it open. */
  function hold(page) {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks.request(lockOf(page), { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock ? new Promise(() => {}) : undefined;
      });
    });
  }

  async function isOpenElsewhere(page) {
    if (!navigator.locks) return false;
    const { held } = await navigator.locks.query();
    return held.some((lock) => lock.name === lockOf(page));
  }

  /* Who is signed in and the token to send with; null while nobody is. Throws where the site cannot be reached. */
  async function handshake() {
    const answer = await fetch("/journal/signed-in/", { headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(BUSY) });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new Error("busy");
    return answer.json();
  }

  /* Sends one text. Gives {status, answer}; throws where the site cannot be reached. */
  async function post(url, body, token, { keepalive = false } = {}) {
    const data = new URLSearchParams(body);
    data.set("csrfmiddlewaretoken", token);
    const signal = keepalive ? undefined : AbortSignal.timeout(BUSY + data.toString().length / 20);
    const response = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "error", keepalive, signal });
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, ok: response.ok, answer };
  }

  /* What the worker has sent, for the page that opens meanwhile: it may show the night as it was before. */
  function note(person, arrival) {
    return within("readwrite", (people) => {
      const owner = people.get(person);
      owner.onsuccess = () => {
        if (owner.result) people.put({ ...owner.result, arrived: [...(owner.result.arrived ?? []).slice(-20), { ...arrival, at: Date.now() }] });
      };
    });
  }

  function takeNotes(person, since) {
    return within("readwrite", (people, unsent, give) => {
      const owner = people.get(person);
      owner.onsuccess = () => {
        const arrived = owner.result?.arrived ?? [];
        if (arrived.length) people.put({ ...owner.result, arrived: [] });
        give(arrived.filter(({ at }) => at >= since));
      };
    });
  }

  async function sendOne(record, token) {
    const arrival = { page: record.page, url: record.url, entry: record.entry, night: record.night };
    const { ok, status, answer } = await post(record.url, await read(record), token);
    if (ok || status === 409) await drop(record.page, record.seq);
    if (ok) return { ...arrival, state: "sent" };
    if (status === 409) return { ...arrival, state: "beside", compare: answer.compare };
    return { ...arrival, state: "waiting" };
  }

  /* Sends what pages that are closed by now left for this person. One {page, url, entry, night, state, compare} each:
   * "sent", "beside" (the server keeps it beside a text written elsewhere), or "waiting", where it did not work. A page
   * gives the moment that it began to load: what the worker has sent `since` then is told, too. */
  async function send(person, { since } = {}) {
    const patience = since === undefined ? 0 : CLOSING;
    if (!navigator.locks) return sendAll(person);
    return navigator.locks.request(`nightlight sending ${person}`, async () => {
      const results = await sendAll(person, patience);
      if (since !== undefined) return [...results, ...(await takeNotes(person, since).catch(() => []))];
      for (const result of results) if (result.state !== "waiting") await note(person, result).catch(() => {});
      return results;
    });
  }

  /* Does `work` unless a page that is open holds that record; a page that was closed just now may hold it a moment longer. */
  async function whenFree(page, patience, work) {
    const options = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
    try {
      await navigator.locks.request(lockOf(page), options, (lock) => lock && work());
    } catch (error) {
      if (error.name !== "TimeoutError" && error.name !== "AbortError") throw error;
    }
  }

  async function sendAll(person, patience = 0) {
    const records = await waiting(person);
    const results = [];
    let hands = undefined;
    for (const record of records) {
      const attempt = async () => {
        try {
          hands ??= await handshake();
          if (hands?.author === person) return await sendOne(record, hands.token);
        } catch {
          // told below: it waits on
        }
        return { page: record.page, url: record.url, entry: record.entry, night: record.night, state: "waiting" };
      };
      if (!navigator.locks) results.push(await attempt());
      else await whenFree(record.page, patience, async () => results.push(await attempt()));
    }
    return results;
  }

  /* Asks the browser to wake the worker when the network is back, where it can. */
  async function sendWhenBack() {
    const registration = await globalThis.navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("send").catch(() => {});
  }

  globalThis.outbox = { current, drop, forget, handshake, hold, isOpenElsewhere, keep, post, read, remember, send, sendWhenBack, waiting };
})();

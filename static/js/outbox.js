/* Text that the server does not have yet, kept on this device: `globalThis.outbox`, for pages and for the worker.
 *
 * One record for each opened page, encrypted (AES-GCM) with the key of device-key.js.
 * A record is removed once the server has its text; records and key go when the person signs out. A page holds a
 * lock on its record while it is open: whoever sends waiting text leaves those of open pages alone. A text that the
 * server refuses for good is marked with the reason, and waits for its writer (waiting.js).
 *
 * A classic script without exports, since not every browser loads modules in a service worker. It needs device-store.js,
 * device-key.js and answers.js before it: on-device.js loads all of them in a page.
 */

(() => {
  const { deviceKey, deviceStore } = globalThis;
  const { within } = deviceStore;
  const BUSY = 8000; // milliseconds after which an answer is not waited for any longer
  const SLOWEST = 2; // bytes a millisecond that the slowest mobile networks carry: operations/server/bodies.py waits as long

  /* The person signed in here now, and what the offline page has to know of them. Makes their half of the key once. */
  async function remember({ id, zone, nightEnds, monthFirst }) {
    const fresh = await deviceKey.make();
    await within("readwrite", (people) => {
      const all = people.getAll();
      all.onsuccess = () => {
        for (const person of all.result) if (person.id !== id && person.current) people.put({ ...person, current: false });
        const known = all.result.find((person) => person.id === id);
        people.put({ ...fresh, ...known, id, zone, nightEnds, monthFirst, current: true });
      };
    });
    await deviceKey.of(id);
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
    const { device, key } = await deviceKey.of(person);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(body.toString());
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: place(person, page) }, key, plain);
    await within("readwrite", (people, unsent) => {
      const owner = people.get(person);
      owner.onsuccess = () => {
        if (owner.result?.device !== device) return; // signed out in the meantime
        const there = unsent.get(page);
        there.onsuccess = () => {
          if (there.result?.seq > seq) return;
          const refused = there.result?.seq === seq ? there.result.refused : undefined; // the same text is refused still
          unsent.put({ page, person, device, seq, url, entry, night, at: Date.now(), nonce, sealed, refused });
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

  /* The form data of a record. Throws where its writer is not signed in. */
  async function read(record) {
    // Records without a device were kept before the key had two halves.
    const { key } = await (record.device ? deviceKey.of(record.person) : deviceStore.person(record.person));
    const algorithm = { name: "AES-GCM", iv: record.nonce, additionalData: place(record.person, record.page) };
    return new URLSearchParams(new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, record.sealed)));
  }

  /* Forgets a person on this device: what they had not sent, and the key that opened it. */
  async function forget(person) {
    await deviceKey.lock().catch(() => {});
    await within("readwrite", (people, unsent) => {
      people.delete(person);
      const records = unsent.index("person").getAllKeys(person);
      records.onsuccess = () => records.result.forEach((page) => unsent.delete(page));
    });
  }

  /* Whether a page can go on with a text: not where it was refused for more than its length. */
  const canGoOn = ({ refused }) => !refused || refused.reason === "text";

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

  /* Sends one text. Gives {status, answer, meaning}; throws where the site cannot be reached. */
  async function post(url, body, token, { keepalive = false } = {}) {
    const data = new URLSearchParams(body);
    data.set("csrfmiddlewaretoken", token);
    const signal = keepalive ? undefined : AbortSignal.timeout(BUSY + data.toString().length / SLOWEST);
    const response = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual", keepalive, signal });
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, answer, meaning: globalThis.answers.meaning({ status: response.status, answer }) };
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
    const { answer, meaning } = await post(record.url, await read(record), token);
    if (meaning === "saved" || meaning === "beside") await drop(record.page, record.seq);
    if (meaning === "saved") return { ...arrival, state: "sent" };
    if (meaning === "beside") return { ...arrival, state: "beside", compare: answer.compare };
    // The token is fresh: who refuses it now refuses the text itself.
    if (meaning === "refused" || meaning === "token") {
      await refuse(record, answer);
      return { ...arrival, state: "refused" };
    }
    return { ...arrival, state: "waiting" };
  }

  /* Marks a text as one that the server does not take as it is, with what it said about that. */
  function refuse({ page, seq }, { message = "", reason = "", tonight = "" }) {
    return within("readwrite", (people, unsent) => {
      const there = unsent.get(page);
      there.onsuccess = () => {
        if (there.result?.seq === seq) unsent.put({ ...there.result, refused: { message, reason, tonight } });
      };
    });
  }

  /* Sends what pages that are closed by now left for this person. One {page, url, entry, night, state, compare} each:
   * "sent", "beside" (the server keeps it beside a text written elsewhere), "refused", or "waiting", where it did not work. A page
   * gives the moment that it began to load: what the worker has sent `since` then is told, too. `patience` is how many milliseconds
   * a page that is being closed may take to let go of its record. */
  async function send(person, { since, patience = 0 } = {}) {
    if (!navigator.locks) return sendAll(person, patience);
    return navigator.locks.request(`nightlight sending ${person}`, async () => {
      const results = await sendAll(person, patience);
      if (since !== undefined) return [...results, ...(await takeNotes(person, since).catch(() => []))];
      for (const result of results) if (result.state === "sent" || result.state === "beside") await note(person, result).catch(() => {});
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

  async function sendAll(person, patience) {
    const records = (await waiting(person)).filter((record) => !record.refused); // those would be refused again
    const results = [];
    let hands = undefined;
    for (const record of records) {
      const attempt = async () => {
        try {
          hands ??= await deviceKey.handshake();
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

  globalThis.outbox = { canGoOn, current, drop, forget, hold, isOpenElsewhere, keep, post, read, refuse, remember, send, sendWhenBack, waiting };
})();

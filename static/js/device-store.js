/* The site's database on this device: `globalThis.deviceStore`, for pages and for the worker. A classic script, as outbox.js.
 *
 * people: {id, device, half, zone, nightEnds, current, arrived}; `device` and `half` belong to device-key.js.
 * unsent: {page, person, device, seq, url, entry, night, at, nonce, sealed, refused}, one record for each opened page.
 */

(() => {
  const DATABASE = "nightlight";
  const PEOPLE = "people";
  const UNSENT = "unsent";

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

  function person(id) {
    return within("readonly", (people, _unsent, give) => {
      const request = people.get(id);
      request.onsuccess = () => give(request.result);
    });
  }

  globalThis.deviceStore = { person, within };
})();

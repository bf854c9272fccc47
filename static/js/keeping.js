/* What an open page keeps on this device until the server has it: reads and writes of its record, in order. */

import { outbox } from "./on-device.js";

export class Keeping {
  constructor() {
    this.kept = false; // whether the device holds the text: else it is on the page only
    this.queue = Promise.resolve();
  }

  next(work) {
    this.queue = this.queue.then(work);
    return this.queue;
  }

  /* Keeps the text, or, where the server has it already, nothing. Never throws. */
  keep(record, isSaved) {
    return this.next(async () => {
      try {
        if (isSaved) await outbox.drop(record.page, record.seq);
        else await outbox.keep(record);
        this.kept = true;
      } catch {
        this.kept = false; // a private window, or a full device: the page itself still holds the text
      }
    });
  }

  drop(page, seq) {
    return this.next(() => outbox.drop(page, seq).catch(() => {}));
  }

  /* The server does not take the text as it is. */
  refuse(page, seq, answer) {
    return this.next(() => outbox.refuse({ page, seq }, answer).catch(() => {}));
  }
}

/* What a page needs to keep text on this device. The service worker loads the same scripts, which are no modules for its sake. */

import "./device-store.js";
import "./device-key.js";
import "./answers.js";
import "./outbox.js";

export const deviceKey = globalThis.deviceKey;
export const outbox = globalThis.outbox;

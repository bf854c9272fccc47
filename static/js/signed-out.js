/* Where somebody can sign in, nobody is signed in: what still waits on this device is locked until its writer is. */

import { deviceKey } from "./on-device.js";

deviceKey.lock().catch(() => {});

/* Tells the other tabs that the session is locked: they cover what they show (lock.js). For the page that unlocks. */

const { person } = document.body.dataset;
if (person) new BroadcastChannel("nightlight").postMessage({ locked: person });

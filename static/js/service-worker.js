/* Serves the offline page where there is no network, and sends what waits on the device when it is back.
 *
 * It keeps the files of the site's shell and nothing else: no page of a person is ever put into its cache. The view
 * that serves it puts `const SITE` before this: {version, shell, offline, script, icon}.
 */

const PREFIX = "shell-";
const CACHE = PREFIX + SITE.version;

// As in device.js: no text becomes a script, but for these addresses.
const POLICY = self.trustedTypes?.createPolicy("nightlight", { createScriptURL: (url) => (url === SITE.script ? url : "") });
self.outbox || importScripts(POLICY?.createScriptURL(SITE.script) ?? SITE.script);

/* A file whose address names its content comes out of the browser's cache, where the page has just put it. */
const NAMED = /\.[0-9a-f]{12}\.\w+$/;

async function install() {
  const cache = await caches.open(CACHE);
  // Asked for without cookies: what is kept is what everybody gets.
  await cache.addAll(SITE.shell.map((url) => new Request(url, { cache: NAMED.test(url) ? "default" : "reload", credentials: "omit" })));
  await self.skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    // Back to a page that answered a form: the browser has it no more, and there may well be a network.
    const again = request.isHistoryNavigation && request.method === "POST" && (await fetch(request.url, { redirect: "manual" }).catch(() => null));
    if (again) return again;
    return (await caches.match(SITE.offline, { cacheName: CACHE })) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

async function send() {
  const person = await self.outbox.current();
  if (!person) return;
  const results = await self.outbox.send(person.id);
  if (results.some((result) => result.state === "waiting")) throw new Error("asks to be tried again later");
}

/* A reminder; journal/messages/reminders.py says what is in it. A browser asks that something is shown of each. */
function show(message) {
  const { title = self.location.host, body = "", url = "/", later } = message;
  const actions = later ? [{ action: "later", title: later.title }] : [];
  return self.registration.showNotification(title, { body, actions, tag: "reminder", icon: SITE.icon, data: { url, later: later?.url } });
}

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function press({ action, notification }) {
  const { url, later } = notification.data;
  notification.close();
  if (action === "later") {
    const answer = await fetch(later, { method: "POST", credentials: "omit" }).catch(() => null);
    return answer?.ok ? undefined : self.clients.openWindow(later);
  }
  const open = await self.clients.matchAll({ type: "window" });
  const there = open.find((client) => new URL(client.url).pathname === url);
  return there ? there.focus() : self.clients.openWindow(url);
}

/* What a page sends as it is left would go through this worker, and is lost now and then when the page is gone before it
 * has passed: where a browser can, it goes past the worker. */
function letPass(event) {
  event.addRoutes?.({ condition: { requestMethod: "POST", requestMode: "cors" }, source: "network" })?.catch(() => {});
}

self.addEventListener("install", (event) => {
  letPass(event);
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("sync", (event) => event.tag === "send" && event.waitUntil(send()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && url.pathname !== SITE.offline && SITE.shell.includes(url.pathname)) event.respondWith(file(request));
});
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => event.waitUntil(press(event)));

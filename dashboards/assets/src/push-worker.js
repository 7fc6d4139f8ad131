// Shows messages that come while no page is open, and says that it has. The words come with the message, which only this
// browser can read; this file has none. It never answers for the pages: nothing of them is kept here.
const KEPT = "vicino-push";
const KEPT_AS = "/push/kept";
const ICON = "/assets/icon-192.png";
const BADGE = "/assets/badge-96.png";
const ANSWER_MS = 5000;

async function post(path, values) {
  const answer = await fetch(path, {
    method: "POST",
    body: new URLSearchParams(values),
    credentials: "omit",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// Without an answer the message stays as it was shown.
async function receipt(message, what) {
  if (!message.receipt) return null;
  try {
    return await post("/push/receipt", { message: message.receipt, what });
  } catch {
    return null;
  }
}

function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

function show(message, over) {
  const options = {
    body: over ? message.over : message.body,
    tag: message.tag,
    lang: message.language,
    icon: ICON,
    badge: BADGE,
    data: { path: message.path, reply: over ? "" : message.reply, receipt: over ? "" : message.receipt },
  };
  if (over || message.quiet) {
    options.silent = true;
  } else {
    options.timestamp = message.at;
    // A later message of the same alert takes the place of the earlier one, and is heard all the same.
    options.renotify = Boolean(message.tag);
    options.requireInteraction = Boolean(message.urgent);
    options.vibrate = message.urgent ? [400, 150, 400, 150, 400] : [200];
    options.actions = message.action ? [{ action: "open", title: message.action }] : [];
  }
  return self.registration.showNotification(message.title || "Vicino", options);
}

// A browser takes the right away from whoever is sent messages and shows none: so it is shown first, whatever comes.
async function came(data) {
  const message = read(data);
  await show(message, false);
  const answer = await receipt(message, "shown");
  if (answer && answer.over) await show(message, true);
}

async function open(notification, action) {
  notification.close();
  const { path, reply, receipt: number } = notification.data ?? {};
  const told = receipt({ receipt: number }, "read");
  const address = new URL((action && reply) || path || "/", self.location.origin).href;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => page.url.split("#")[0] === address);
  if (there) await there.focus();
  else await self.clients.openWindow(address);
  await told;
}

async function keep(value) {
  const cache = await caches.open(KEPT);
  if (value) await cache.put(KEPT_AS, new Response(JSON.stringify(value)));
  else await cache.delete(KEPT_AS);
}

async function kept() {
  const found = await (await caches.open(KEPT)).match(KEPT_AS);
  return found ? found.json() : null;
}

// The push service has given the browser a new address. By the secret of the old one it shows that it is the same.
async function renew(fresh) {
  const old = await kept();
  if (!old) return;
  const found =
    fresh ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: old.key }));
  const { endpoint, keys } = found.toJSON();
  const given = { endpoint, p256dh: keys.p256dh, auth: keys.auth };
  await post("/push/renew", { old_endpoint: old.endpoint, old_auth: old.auth, ...given });
  await keep({ endpoint, auth: keys.auth, key: old.key });
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(came(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification, event.action)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.newSubscription)));
self.addEventListener("message", (event) => {
  if (event.data && "keep" in event.data) event.waitUntil(keep(event.data.keep));
});

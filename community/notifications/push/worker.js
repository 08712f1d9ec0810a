// Shows what the site pushes to this device, and opens it. It answers no request of a page: nothing is kept or changed.
const SETTINGS = "/settings/notifications/devices/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

// A notification of the same line replaces the one before, without another sound.
async function show({ title, body, url, read, line, unread, language }) {
  for (const shown of await registration.getNotifications()) {
    if (!unread.includes(Number(shown.tag))) shown.close();
  }
  await registration.showNotification(title, { body, lang: language, tag: String(line), data: { url, read } });
}

async function open(notification) {
  const { url, read } = notification.data;
  notification.close();
  const address = new URL(url, location.origin);
  const marking = fetch(read, { method: "POST", redirect: "manual" }).catch(() => {});
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => page.url === address.href);
  await Promise.all([marking, there ? there.focus() : clients.openWindow(address.href)]);
}

// The push service gave this browser another address.
async function renew({ oldSubscription: before, newSubscription }) {
  const options = before?.options;
  const now = newSubscription ?? (options && await registration.pushManager.subscribe(options));
  if (!now) return;
  const { endpoint, keys } = now.toJSON();
  const body = new URLSearchParams({ endpoint, ...keys, replaces: before?.endpoint ?? "" });
  await fetch(SETTINGS, { method: "POST", body, redirect: "manual" });
}

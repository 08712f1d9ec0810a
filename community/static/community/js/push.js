// Turns push on for this browser, and finds it in the list of devices. Its worker is registered when somebody asks for it.
const WORKER = "/push-worker.js";

export function attach(place) {
  const form = place.querySelector("[data-push-form]");
  const status = place.querySelector("[data-push-status]");
  const tell = (why) => { status.textContent = status.dataset[why]; status.hidden = false; };
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) { tell("unsupported"); return; }
  mark(place, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    status.hidden = true;
    try {
      if (await Notification.requestPermission() === "granted") await send(form, await subscribed(place.dataset.push));
      else tell("blocked");
    } catch {
      tell("failed");
    }
    delete form.dataset.sent;
  });
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration?.pushManager.getSubscription();
}

// A subscription for an earlier key of the site is of no use.
async function subscribed(key) {
  const registration = await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await registration.pushManager.subscribe(options);
  } catch (error) {
    const before = error.name === "InvalidStateError" && await registration.pushManager.getSubscription();
    if (!before) throw error;
    await before.unsubscribe();
    return registration.pushManager.subscribe(options);
  }
}

async function send(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  for (const [name, value] of Object.entries({ endpoint, ...keys })) if (form.elements[name]) form.elements[name].value = value;
  form.submit();
}

async function mark(place, form) {
  const subscription = await current();
  const row = subscription && place.querySelector(`[data-device="${await markOf(subscription.endpoint)}"]`);
  form.hidden = Boolean(row);
  if (!row) return;
  row.querySelector("[data-here]").hidden = false;
  row.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await subscription.unsubscribe().catch(() => {});
    event.target.submit();
  });
}

async function markOf(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

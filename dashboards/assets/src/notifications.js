// Registers this browser for messages that come while no page is open. Markup gives the words; this file has none.
const WORKER = "/push-worker.js";
const panel = document.getElementById("this-device");

function shown(state) {
  panel.dataset.state = state;
  for (const part of panel.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(state);
  }
}

function text(bytes) {
  const characters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function digest(endpoint) {
  return text(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
}

function isOurs(subscription) {
  const key = subscription.options?.applicationServerKey;
  return !key || text(key) === panel.dataset.key;
}

async function registration() {
  await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
  return navigator.serviceWorker.ready;
}

async function keep(worker, subscription) {
  const { endpoint, keys } = subscription ? subscription.toJSON() : {};
  worker.active.postMessage({ keep: subscription ? { endpoint, auth: keys.auth, key: panel.dataset.key } : null });
}

function mark(name) {
  for (const row of document.querySelectorAll("[data-device]")) {
    const here = row.dataset.device === name;
    row.querySelector(".here").hidden = !here;
    if (here) return true;
  }
  return false;
}

async function look() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const worker = await navigator.serviceWorker.getRegistration("/");
  const subscription = worker ? await worker.pushManager.getSubscription() : null;
  if (!subscription) return "off";
  if (!isOurs(subscription)) {
    // Made for another installation's key: nothing that is sent now would arrive.
    await subscription.unsubscribe();
    return "off";
  }
  return mark(await digest(subscription.endpoint)) ? "on" : "off";
}

async function subscribe(form) {
  if ((await Notification.requestPermission()) !== "granted") {
    shown(Notification.permission === "denied" ? "blocked" : "off");
    return;
  }
  const worker = await registration();
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: panel.dataset.key,
  });
  const { endpoint, keys } = subscription.toJSON();
  await keep(worker, subscription);
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.submit();
}

// What is taken away on the server is ended in this browser, too, if it is this one.
async function unsubscribe(form) {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  const subscription = worker ? await worker.pushManager.getSubscription() : null;
  if (subscription && (await digest(subscription.endpoint)) === form.closest("[data-device]").dataset.device) {
    await keep(worker, null);
    await subscription.unsubscribe();
  }
}

function started(form) {
  for (const button of form.querySelectorAll("button")) button.disabled = true;
}

function ended(form) {
  for (const button of form.querySelectorAll("button")) button.disabled = false;
}

if (panel) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id === "register") {
      event.preventDefault();
      started(form);
      try {
        await subscribe(form);
      } catch {
        shown("failed");
      }
      ended(form);
    } else if (form.classList.contains("remove-device")) {
      event.preventDefault();
      try {
        await unsubscribe(form);
      } finally {
        form.submit();
      }
    }
  });
  look().then(shown, () => shown("failed"));
}

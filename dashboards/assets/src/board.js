// What a page does by itself: says when it no longer follows, counts in the tab's title, announces, sounds.
// Markup gives the words; this file has none.
const byId = (id) => document.getElementById(id);
const plainTitle = document.title;
const REMEMBERED = "vicino-sound";

let waiting = null;
let focusInside = false;
let audio = null;

function readState() {
  const state = document.querySelector("[data-waiting]");
  if (!state) return;
  const now = Number(state.dataset.waiting);
  document.title = now > 0 ? `(${now}) ${plainTitle}` : plainTitle;
  const words = byId("announcement");
  if (words && words.textContent !== state.dataset.announce && waiting !== null) {
    words.textContent = state.dataset.announce;
  }
  waiting = now;
}

// One ring: two tones, three times. Soft edges, so that it wakes without frightening.
function ring() {
  if (!audio || audio.state !== "running") return;
  const start = audio.currentTime + 0.05;
  for (let turn = 0; turn < 3; turn += 1) {
    for (const [index, pitch] of [880, 660].entries()) {
      const from = start + turn * 0.9 + index * 0.32;
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, from);
      loudness.gain.linearRampToValueAtTime(0.35, from + 0.03);
      loudness.gain.linearRampToValueAtTime(0, from + 0.3);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.31);
    }
  }
  document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang ?? 0) + 1);
}

// "on" only while the browser really lets the page sound: what somebody wished once says nothing about now.
function soundState() {
  if (typeof AudioContext === "undefined") return "never";
  if (audio?.state === "running") return "on";
  return localStorage.getItem(REMEMBERED) === "on" ? "waiting" : "off";
}

function showSound() {
  const state = soundState();
  byId("sound")?.setAttribute("aria-pressed", String(state === "on"));
  for (const part of document.querySelectorAll("#sound [data-when], #sound-state [data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(state);
  }
}

function openAudio() {
  if (audio) return;
  audio = new AudioContext();
  // A telephone that is called, or a device that is unplugged, takes the sound away while the page stands.
  audio.addEventListener("statechange", showSound);
}

async function wantSound(on) {
  localStorage.setItem(REMEMBERED, on ? "on" : "off");
  if (soundState() === "never") return;
  if (on) {
    openAudio();
    await audio.resume();
  } else if (audio) {
    await audio.suspend();
  }
  showSound();
}

// Who turns the sound on hears at once what it is like. The button that was pressed goes: the keyboard stays beside it.
async function beginSound() {
  await wantSound(true);
  if (soundState() === "on") byId("sound-try")?.focus();
  ring();
}

// A browser lets a page sound only after the person has touched it, and not by every kind of touch: it is tried anew
// until it does. Whoever comes from another page of ours may have no need to touch this one.
function soundAgain(event) {
  if (soundState() === "waiting" && !event?.target.closest?.("#sound, #sound-state")) {
    openAudio();
    audio.resume().then(showSound);
  }
}

function follows(yes) {
  const banner = byId("stale");
  if (banner) banner.hidden = yes;
}

function refresh() {
  window.htmx.trigger(document.body, "refresh");
}

// What has an id keeps the focus over a refresh; where it is gone, whoever works by keyboard goes on from the content.
function rememberFocus(event) {
  const part = event.detail.target;
  focusInside = part.hasAttribute("data-live") && part.contains(document.activeElement);
}

function keepFocus() {
  if (focusInside && document.activeElement === document.body) byId("main").focus({ preventScroll: true });
  focusInside = false;
}

// News must not close what somebody has opened, and is reading or about to touch.
function rememberOpened(event) {
  const { target } = event.detail;
  target.dataset.opened = [...target.querySelectorAll("details[open][id]")].map((each) => each.id).join(" ");
}

function openAgain(event) {
  const ids = event.detail.target.dataset.opened;
  for (const id of ids ? ids.split(" ") : []) {
    const found = byId(id);
    if (found) found.open = true;
  }
}

// What is under a finger or a mouse button that is down must not be exchanged: the browser would tell nobody of the click.
let pressing = false;
let heldBack = false;

function press() {
  pressing = true;
}

function release() {
  // The click comes after the release, and goes first.
  window.setTimeout(() => {
    pressing = false;
    if (heldBack) refresh();
    heldBack = false;
  });
}

function holdBack(event) {
  const { target, requestConfig } = event.detail;
  if (!pressing || requestConfig?.verb !== "get" || !target.hasAttribute("data-live")) return;
  event.detail.shouldSwap = false;
  heldBack = true;
}

// An answer whose place is exchanged meanwhile would be lost, and the alert that it tells of: it is asked for again.
let askedAgain = [];

function comeTooLate(event) {
  event.detail.shouldSwap = false;
}

function rememberAsked(event) {
  const { target, shouldSwap } = event.detail;
  const asking = shouldSwap ? [...target.querySelectorAll("[data-live].htmx-request")] : [];
  for (const each of asking) each.addEventListener("htmx:beforeSwap", comeTooLate);
  askedAgain = asking.map((each) => each.id);
}

function askAgain() {
  const ids = askedAgain;
  askedAgain = [];
  for (const id of ids) if (byId(id)) window.htmx.trigger(byId(id), "again");
}

// A home that has come to the top at once still stands where it stood until the whole board is drawn anew.
function standOnce(event) {
  const now = event.detail.target;
  if (now.id !== "now") return;
  const homes = new Set([...now.querySelectorAll("[data-home]")].map((each) => each.dataset.home));
  for (const line of document.querySelectorAll("#board [data-home]")) {
    if (homes.has(line.dataset.home) && !now.contains(line)) line.remove();
  }
  const number = document.querySelector("#count-act .number");
  if (number) number.textContent = byId("group-act").dataset.count;
}

// A source reconnects by itself and opens again: its listeners stay, so they are added once.
const known = new WeakSet();
function listenTo(source) {
  if (known.has(source)) return;
  known.add(source);
  source.addEventListener("urgent", ring);
  source.addEventListener("ended", () => window.location.reload());
}

document.addEventListener("DOMContentLoaded", () => {
  readState();
  showSound();
  byId("sound")?.addEventListener("click", async () => {
    const on = byId("sound").getAttribute("aria-pressed") !== "true";
    await wantSound(on);
    if (on) ring();
  });
  for (const id of ["sound-begin", "sound-resume"]) byId(id)?.addEventListener("click", beginSound);
  byId("sound-try")?.addEventListener("click", ring);
  if (byId("sound")) soundAgain();
});
for (const touch of ["pointerdown", "pointerup", "click", "keydown"]) document.addEventListener(touch, soundAgain);

document.addEventListener("pointerdown", press, { capture: true });
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release, { capture: true });
window.addEventListener("blur", release);

document.addEventListener("htmx:beforeSwap", holdBack);
document.addEventListener("htmx:beforeSwap", rememberFocus);
document.addEventListener("htmx:beforeSwap", rememberAsked);
document.addEventListener("htmx:beforeSwap", rememberOpened);
document.addEventListener("htmx:afterSwap", openAgain);
document.addEventListener("htmx:afterSwap", standOnce);
document.addEventListener("htmx:afterSwap", keepFocus);
document.addEventListener("htmx:afterSettle", readState);
document.addEventListener("htmx:afterSettle", askAgain);
document.addEventListener("htmx:sseOpen", (event) => {
  listenTo(event.detail.source);
  follows(true);
  refresh();
});
document.addEventListener("htmx:sseError", () => follows(false));
document.addEventListener("htmx:sendError", () => follows(false));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig?.verb === "get") follows(true);
});

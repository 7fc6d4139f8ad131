// The installer's page where the network comes and goes: what was sent and did not get through is sent again by itself,
// and what somebody is filling in is not exchanged under the fingers. Every form here may arrive twice. What holds for
// this moment only (`data-once`, the announcement of a test) is never sent later: whoever pressed it is told instead.
const AGAIN_MS = 3000;
const POST = "post";

const waiting = new Set();

function away(yes) {
  const banner = document.getElementById("stale");
  if (banner) banner.hidden = !yes;
}

function isServersTrouble(event) {
  return event.detail.xhr && event.detail.xhr.status >= 500;
}

function sendAgain(form) {
  waiting.delete(form);
  if (document.contains(form)) window.htmx.trigger(form, "submit");
}

// While a form is under way its part stays: of a form that is no longer there, nobody would hear what became of it.
function underWay(event) {
  if (event.detail.requestConfig?.verb !== POST) return;
  event.detail.elt.setAttribute("aria-busy", "true");
}

function tellUnsent(form) {
  form.removeAttribute("aria-busy");
  const told = form.querySelector(".unsent");
  if (told) told.hidden = false;
}

function notSent(event) {
  const form = event.detail.elt;
  away(true);
  if (event.detail.requestConfig?.verb !== POST || waiting.has(form)) return;
  if ("once" in form.dataset) {
    tellUnsent(form);
    return;
  }
  waiting.add(form);
  window.setTimeout(sendAgain, AGAIN_MS, form);
}

function answered(event) {
  const { elt, successful, xhr, requestConfig } = event.detail;
  if (successful) away(false);
  if (requestConfig?.verb !== POST || !xhr.status || isServersTrouble(event)) return;
  elt.removeAttribute("aria-busy");
  const part = elt.closest("[data-keep]");
  if (!successful || !part) return;
  delete part.dataset.touched;
  part.dataset.due = "true";
}

// A part in which something is being sent, chosen or typed waits with its news.
function holdBack(event) {
  const { target, requestConfig } = event.detail;
  if (requestConfig?.verb === POST || !target.matches("[data-live]")) return;
  const isSending = target.querySelector("form[aria-busy]") !== null;
  const isUsed = target.dataset.touched || (target.matches("[data-keep]") && target.querySelector("details[open]"));
  if (isSending || (isUsed && !target.dataset.due)) event.detail.shouldSwap = false;
  else delete target.dataset.due;
}

document.addEventListener("htmx:beforeRequest", underWay);
document.addEventListener("htmx:sendError", notSent);
document.addEventListener("htmx:timeout", notSent);
document.addEventListener("htmx:responseError", (event) => {
  if (isServersTrouble(event)) notSent(event);
});
document.addEventListener("htmx:afterRequest", answered);
document.addEventListener("htmx:beforeSwap", holdBack);
document.addEventListener("input", (event) => {
  const part = event.target.closest?.("[data-keep]");
  if (part) part.dataset.touched = "true";
});

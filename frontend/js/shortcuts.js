// Keys: / search, ? help, j k rows, Enter opens, g + letter goes, Ctrl+Enter sends the form.
import { openDialog } from "./dialogs.js";

let waitingForGo = 0;

export function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (waitingForGo && Date.now() - waitingForGo < 1500) return go(event);
    keys[event.key]?.(event);
  });
}

const keys = {
  "/": (event) => focus(event, '[data-shortcut="/"]'),
  "?": (event) => { event.preventDefault(); openDialog("help"); },
  j: (event) => move(event, 1),
  k: (event) => move(event, -1),
  g: () => { waitingForGo = Date.now(); },
  Enter: (event) => { if (event.target === document.body) current()?.querySelector(".list-row-link")?.click(); },
};

function typing(element) {
  return element.matches?.("input, textarea, select, [contenteditable]") ?? false;
}

function send(event) {
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  if (!form.hasAttribute("data-busy")) form.requestSubmit();
}

function focus(event, selector) {
  const found = document.querySelector(selector);
  if (found) { event.preventDefault(); found.focus(); found.select?.(); }
}

function go(event) {
  waitingForGo = 0;
  document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
}

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row-link], [data-list-item]")];
}

function current() {
  return document.querySelector(".list-row-current");
}

function move(event, step) {
  const all = rows();
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  current()?.classList.remove("list-row-current");
  next.classList.add("list-row-current");
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector(".list-row-link") ?? next).focus({ preventScroll: true });
}

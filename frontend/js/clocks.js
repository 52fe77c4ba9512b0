// Countdowns. The server's time at rendering corrects a wrong clock of this machine.
import { each, meta, text } from "./page.js";

const clocks = new Set();
let serverAhead = 0; // milliseconds; used for elements once the page has asked the server again

export function startClocks() {
  each("[data-clock]", (element) => {
    const ahead = Date.parse(element.dataset.now) - Date.now();
    clocks.add({ element, due: Date.parse(element.dataset.due), warn: Date.parse(element.dataset.warn ?? ""), ahead });
  });
  setInterval(tick, 1000);
  window.addEventListener("pageshow", (event) => { if (event.persisted || cameBack()) askServer(); });
  tick();
}

function cameBack() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

// A page from the browser's cache carries an old `data-now`.
async function askServer() {
  const answer = await fetch(meta("session-url"), { method: "HEAD", cache: "no-store" }).catch(() => null);
  const date = Date.parse(answer?.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  serverAhead = date - Date.now();
  clocks.forEach((clock) => { clock.ahead = serverAhead; });
  tick();
}

function tick() {
  for (const clock of clocks) {
    if (!clock.element.isConnected) { clocks.delete(clock); continue; }
    const now = Date.now() + clock.ahead;
    const left = Math.trunc((clock.due - now) / 1000);
    const late = clock.due < now;
    show(clock.element, late ? "bad" : clock.warn <= now ? "warn" : "ok");
    const words = text(late ? "over" : "left", { span: span(Math.abs(left)) });
    const place = clock.element.querySelector(".clock-span");
    if (place.textContent !== words) place.textContent = words;
  }
}

function show(element, tone) {
  if (element.classList.contains(`clock-${tone}`)) return;
  element.classList.remove("clock-ok", "clock-warn", "clock-bad");
  element.classList.add(`clock-${tone}`);
}

// The same words as `remaining` in banjie/ui/filters.py.
export function span(seconds) {
  const days = Math.trunc(seconds / 86400), hours = Math.trunc((seconds % 86400) / 3600), minutes = Math.trunc((seconds % 3600) / 60);
  if (days) return hours ? text("days_hours", { d: days, h: hours }) : text("days", { n: days });
  if (hours) return minutes ? text("hours_minutes", { h: hours, m: minutes }) : text("hours", { n: hours });
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

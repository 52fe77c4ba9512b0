// Live updates: one EventSource for all [data-live-topic] on the page. An event refreshes its elements through htmx,
// gathered for a moment so that a burst costs one request; "resync" refreshes all.
import { each, meta, text } from "./page.js";

const gather = 300;
const longestWait = 30000;
const mostTopics = 50; // the live-update process takes no more

let source = null;
let topicsNow = "";
let failures = 0;
let retryTimer = 0;
const pending = new Map();

export function startLive() {
  const address = meta("live-url");
  if (!address) return;
  each("[data-live-topic]", () => schedule(() => connect(address)));
  connect(address);
  window.addEventListener("online", () => connect(address, true));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !source) connect(address, true); });
  window.addEventListener("pagehide", () => source?.close());
}

let connectTimer = 0;
function schedule(work) {
  clearTimeout(connectTimer);
  connectTimer = setTimeout(work, 50);
}

function topics() {
  return [...new Set([...document.querySelectorAll("[data-live-topic]")].flatMap((one) => one.dataset.liveTopic.split(" ")))].filter(Boolean).slice(0, mostTopics).sort();
}

function connect(address, force = false) {
  const wanted = topics();
  document.querySelectorAll("[data-live-state]").forEach((mark) => { mark.hidden = !wanted.length; });
  if (!wanted.length || (!force && source && wanted.join(" ") === topicsNow)) return;
  clearTimeout(retryTimer);
  source?.close();
  topicsNow = wanted.join(" ");
  const url = new URL(address, window.location.href);
  wanted.forEach((topic) => url.searchParams.append("topic", topic));
  source = new EventSource(url, { withCredentials: true });
  source.onopen = () => {
    if (failures) refreshAll(); // something may have happened meanwhile
    failures = 0;
    state("live");
  };
  source.onerror = () => {
    source.close();
    source = null;
    failures += 1;
    state("reconnecting");
    const wait = Math.min(longestWait, 1000 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2); // spread, lest all come back at once
    retryTimer = setTimeout(() => connect(address, true), wait);
  };
  source.onmessage = (event) => changed(topicOf(event));
  source.addEventListener("change", (event) => changed(topicOf(event)));
  source.addEventListener("resync", refreshAll);
}

function topicOf(event) {
  try {
    return JSON.parse(event.data).topic ?? event.data;
  } catch {
    return event.data;
  }
}

function changed(topic) {
  document.querySelectorAll("[data-live-topic]").forEach((element) => {
    if (element.dataset.liveTopic.split(" ").includes(topic)) refresh(element);
  });
}

function refreshAll() {
  document.querySelectorAll("[data-live-topic]").forEach(refresh);
}

// The element says what to fetch (hx-get with hx-trigger="live"); one that is being typed in waits. The first change sets the time of the fetch,
// so that a steady stream of changes cannot put it off for ever; `data-live-gather` is how many milliseconds long lists may gather.
function refresh(element) {
  const key = element.id || element; // an element that is swapped meanwhile comes back under its id
  if (pending.has(key)) return;
  const wait = Number(element.dataset.liveGather) || gather;
  pending.set(key, setTimeout(() => {
    pending.delete(key);
    const present = element.isConnected ? element : element.id && document.getElementById(element.id);
    if (!present) return;
    if (present.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) { refresh(present); return; }
    window.htmx.trigger(present, "live");
  }, wait * (0.7 + Math.random() * 0.3))); // spread, lest all browsers ask in the same moment
}

function state(name) {
  document.querySelectorAll("[data-live-state]").forEach((mark) => {
    mark.dataset.liveState = name;
    mark.querySelector(".live-text").textContent = text(name);
  });
}

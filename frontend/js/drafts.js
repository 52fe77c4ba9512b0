// Forms with data-keep="<key>": what is typed survives a reload or an expired session, and leaving asks first.
// A field that comes and goes by a condition ([data-conditional]) finds again what was typed into it.
import { each, meta, on, text } from "./page.js";
import { toast } from "./toasts.js";

const changed = new Set();

export function startDrafts() {
  each("form[data-keep]", (form) => {
    if (form.dataset.kept) return;
    form.dataset.kept = "yes";
    restore(form);
    form.addEventListener("input", () => { changed.add(form); save(form); });
    form.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status < 400 && event.detail.elt === form) forget(form); });
    if (!form.hasAttribute("hx-post")) form.addEventListener("submit", () => changed.delete(form));
  });
  each("form[data-kept] [data-conditional]", (place) => { if (fill(place.closest("form"), place)) ask(place.closest("form")); });
  on("submit", "[data-sign-out]", () => { changed.clear(); sessionStorage.clear(); });
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

export function forget(form) {
  changed.delete(form);
  sessionStorage.removeItem(key(form));
}

function key(form) {
  return `draft:${meta("user")}:${form.dataset.keep}`; // the next person at this desk sees none of it
}

function kept(root) {
  return [...root.querySelectorAll("input, select, textarea")].filter((one) => one.name && one.name !== "csrfmiddlewaretoken" && !["password", "file", "hidden", "submit", "button"].includes(one.type));
}

function stored(form) {
  return JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
}

function save(form) {
  const values = kept(form).map((one) => [one.name, one.value, ["checkbox", "radio"].includes(one.type) ? one.checked : null]);
  const here = new Set(values.map(([name]) => name));
  try {
    values.push(...(stored(form) ?? []).filter(([name]) => !here.has(name))); // of fields that are hidden now
    sessionStorage.setItem(key(form), JSON.stringify(values));
  } catch { /* storage is full or forbidden: typing must go on */ }
}

function restore(form) {
  if (!fill(form, form)) return;
  changed.add(form);
  ask(form);
  toast(text("restored"), { name: "restored", action: { title: text("discard"), run: () => { forget(form); form.reset(); ask(form); } } });
}

// Lets the server say which fields are shown and needed now.
function ask(form) {
  const place = form.querySelector("[data-conditions]");
  if (!place) return;
  window.htmx.process(place); // while the page is loading it may not listen yet
  place.dispatchEvent(new Event("conditions"));
}

// Puts what was typed into the controls below `root`; tells whether anything differed.
function fill(form, root) {
  const values = stored(form);
  let differs = false;
  for (const one of values ? kept(root) : []) {
    const choice = ["checkbox", "radio"].includes(one.type);
    const found = values.find(([name, value]) => name === one.name && (!choice || value === one.value));
    if (!found) continue;
    if (choice ? one.checked !== found[2] : one.value !== found[1]) differs = true;
    if (choice) one.checked = found[2];
    else one.value = found[1];
  }
  return differs;
}

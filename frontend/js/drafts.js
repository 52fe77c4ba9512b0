// Forms with data-keep="<key>": what is typed survives a reload or an expired session, and leaving asks first.
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

function kept(form) {
  return [...form.elements].filter((one) => one.name && one.name !== "csrfmiddlewaretoken" && !["password", "file", "hidden", "submit", "button"].includes(one.type));
}

function save(form) {
  const values = kept(form).map((one) => [one.name, one.value, ["checkbox", "radio"].includes(one.type) ? one.checked : null]);
  try {
    sessionStorage.setItem(key(form), JSON.stringify(values));
  } catch { /* storage is full or forbidden: typing must go on */ }
}

function restore(form) {
  const values = JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
  if (!values) return;
  let differs = false;
  for (const one of kept(form)) {
    const choice = ["checkbox", "radio"].includes(one.type);
    const found = values.find(([name, value]) => name === one.name && (!choice || value === one.value));
    if (!found) continue;
    if (choice ? one.checked !== found[2] : one.value !== found[1]) differs = true;
    if (choice) one.checked = found[2];
    else one.value = found[1];
  }
  if (!differs) return;
  changed.add(form);
  toast(text("restored"), { name: "restored", action: { title: text("discard"), run: () => { forget(form); form.reset(); } } });
}

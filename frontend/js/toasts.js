// Short notes at the edge. Notes about failures stay until closed.
import { icon, make, on, text } from "./page.js";

const lifetime = 5000;
const icons = { ok: "circle-check", info: "info-circle", warn: "alert-triangle", bad: "alert-circle" };

export function startToasts() {
  document.querySelectorAll("[data-toast]").forEach((note) => fade(note));
  document.addEventListener("close", () => lift(), true);
  on("click", "[data-dismiss]", (_, button) => button.closest("[data-toast]")?.remove());
}

// Everything beside an open dialog is out of reach, so the notes move into it and back.
function lift() {
  const place = document.getElementById("toasts");
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (place && place.parentElement !== home) home.append(place);
  return place;
}

function fade(note) {
  if (!note.classList.contains("notice-bad")) setTimeout(() => note.remove(), lifetime);
}

// `name`: a later note of the same name replaces this one. `action`: {title, run}.
export function toast(words, { tone = "info", name = "", action = null } = {}) {
  const place = lift();
  if (!place) return;
  if (name) place.querySelectorAll(`[data-name="${name}"]`).forEach((old) => old.remove());
  const note = make("div", `toast-note notice-${tone}`);
  note.dataset.toast = "";
  if (name) note.dataset.name = name;
  note.append(icon(icons[tone] ?? icons.info), make("div", "notice-body", words));
  if (action) {
    const button = make("button", "btn btn-sm", action.title);
    button.type = "button";
    button.addEventListener("click", () => { note.remove(); action.run(); });
    note.append(button);
  }
  const close = make("button", "icon-button");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", text("close"));
  close.append(icon("x"));
  note.append(close);
  place.append(note);
  if (!action) fade(note);
}

export function dropToast(name) {
  document.querySelectorAll(`#toasts [data-name="${name}"]`).forEach((old) => old.remove());
}

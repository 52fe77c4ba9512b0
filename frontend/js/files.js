// Drop areas of file inputs show what was chosen, and refuse files over data-limit (bytes) at once.
// An input[data-upload] inside a form sends its files at once: the form waits for that, and then holds their ids.
import { on, text } from "./page.js";
import { toast } from "./toasts.js";

export function startFiles() {
  for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    on(type, "[data-drop]", (event, area) => area.classList.toggle("drop-over", over));
  }
  on("change", "[data-drop] input[type=file]", (_, input) => show(input));
  on("click", "[data-remove-file]", remove);
  document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.matches?.("[data-upload]")) uploaded(event.detail.elt); });
}

function show(input) {
  const limit = Number(input.dataset.limit ?? 0);
  const tooLarge = limit && [...input.files].some((file) => file.size > limit);
  if (tooLarge) {
    input.value = "";
    toast(text("too_large", { limit: `${Math.round(limit / 1e6)} MB` }), { tone: "bad", name: "too-large" });
  }
  input.closest("[data-drop]").querySelector("[data-drop-names]").textContent = [...input.files].map((file) => file.name).join("、");
}

function remove(_, button) {
  const form = button.closest("form");
  button.closest("li").remove();
  form?.dispatchEvent(new Event("input"));
  form?.querySelector("[data-conditions]")?.dispatchEvent(new Event("conditions"));
}

function uploaded(input) {
  const form = input.form;
  input.value = "";
  show(input);
  form?.dispatchEvent(new Event("input"));
  form?.querySelector("[data-conditions]")?.dispatchEvent(new Event("conditions"));
}

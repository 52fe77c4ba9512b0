// Drop areas of file inputs show what was chosen, and refuse files over data-limit (bytes) at once.
import { on, text } from "./page.js";
import { toast } from "./toasts.js";

export function startFiles() {
  for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    on(type, "[data-drop]", (event, area) => area.classList.toggle("drop-over", over));
  }
  on("change", "[data-drop] input[type=file]", (_, input) => show(input));
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

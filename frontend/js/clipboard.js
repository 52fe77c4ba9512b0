// Copy buttons.
import { on, text } from "./page.js";
import { toast } from "./toasts.js";

export function startClipboard() {
  on("click", "[data-copy]", async (event, button) => {
    event.preventDefault();
    event.stopPropagation();
    await copy(button.dataset.copy);
    toast(text("copied"), { tone: "ok", name: "copied" });
  });
}

async function copy(words) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(words);
  const box = document.createElement("textarea"); // plain http inside an organisation has no clipboard API
  box.value = words;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

// Native dialogs: opened by [data-open-dialog], closed by a button, Escape or a click beside them.
import { on } from "./page.js";

export function openDialog(id) {
  const dialog = document.getElementById(`dialog-${id}`);
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

export function closeDialog(id) {
  document.getElementById(`dialog-${id}`)?.close();
}

export function startDialogs() {
  on("click", "[data-open-dialog]", (event, opener) => { event.preventDefault(); openDialog(opener.dataset.openDialog); });
  on("click", "[data-close-dialog]", (_, button) => button.closest("dialog")?.close());
  document.addEventListener("click", (event) => { if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close(); });
  on("click", "[data-go-back]", () => window.history.back());
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

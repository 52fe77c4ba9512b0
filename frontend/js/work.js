// What pages of work need: digits that choose, values that are filled in, forms that close, a row that stays marked.
import { each, on } from "./page.js";
import { forget } from "./drafts.js";

export function startWork() {
  document.addEventListener("keydown", digit);
  each("script[data-fill]", fill);
  on("click", "[data-print]", () => window.print());
  on("click", "[data-close-form]", close);
  on("change", "form[data-send-on-choice] input[type=file]", (_, input) => { if (input.files.length) input.form.requestSubmit(); });
  document.body.addEventListener("htmx:beforeSwap", remember);
  document.body.addEventListener("htmx:afterSettle", mark);
  document.body.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "action-place") event.target.scrollIntoView({ block: "nearest" }); });
}

function digit(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input:not([type=radio]), textarea, select")) return;
  const found = /^[1-9]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
}

// Only what is empty and not being typed in: nothing that was typed is ever replaced.
function fill(script) {
  const form = script.closest("form") ?? document.getElementById("intake-form");
  for (const [name, value] of Object.entries(JSON.parse(script.textContent))) {
    const input = form?.elements[name];
    if (!input || input.value || input === document.activeElement) continue;
    input.value = value;
    input.classList.add("filled");
  }
  form?.dispatchEvent(new Event("input"));
}

// Closing a form drops its draft on purpose; without an action open the link is an ordinary one.
function close(event, link) {
  const panel = link.closest("#action-panel");
  const form = panel?.querySelector("form");
  if (!panel) return;
  event.preventDefault();
  if (form) forget(form);
  panel.remove();
  if (new URLSearchParams(window.location.search).has("do")) window.history.replaceState(null, "", window.location.pathname);
}

let kept = "";
function remember(event) {
  const row = event.target.querySelector?.(".list-row-current");
  if (row) kept = row.id;
}

function mark() {
  if (!kept) return;
  const row = document.getElementById(kept);
  kept = "";
  row?.classList.add("list-row-current");
}

// A click anywhere in a row opens its link, unless it hits another control or selects text. Filter forms send themselves.
import { on } from "./page.js";

export function startTables() {
  on("click", "[data-row-link]", (event, row) => {
    if (event.target.closest("a, button, input, label, select, summary") || String(window.getSelection())) return;
    const link = row.querySelector(".list-row-link");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
  on("change", "[data-auto-submit] select, [data-auto-submit] input[type=date], [data-auto-submit] input[type=checkbox]", (_, input) => input.form.requestSubmit());
}

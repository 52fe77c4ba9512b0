// The editor of a rulebook: a problem leads to its line, and Tab writes two blanks.
export function startEditor() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-goto-line]");
    const area = document.querySelector("textarea[data-lines]");
    if (!link || !area) return;
    event.preventDefault();
    goTo(area, Number(link.dataset.gotoLine), Number(link.dataset.gotoColumn));
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (event.key !== "Tab" || event.shiftKey || event.ctrlKey || !area.matches?.("textarea[data-lines]")) return;
    if (area.dataset.leaving) return; // Escape, then Tab, leaves the field
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("keyup", (event) => {
    if (!event.target.matches?.("textarea[data-lines]")) return;
    if (event.key === "Escape") event.target.dataset.leaving = "1";
    else if (event.key !== "Tab") delete event.target.dataset.leaving;
  });
}

function goTo(area, line, column) {
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const start = before + Math.min(column - 1, (lines[line - 1] ?? "").length);
  const height = area.scrollHeight / lines.length;
  area.focus({ preventScroll: false });
  area.setSelectionRange(start, before + (lines[line - 1] ?? "").length);
  area.scrollTop = Math.max(0, (line - 6) * height);
  area.scrollLeft = 0;
}

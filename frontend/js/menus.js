// Menus close on a click elsewhere and on Escape; arrows move inside. The navigation opens over the page on phones.
import { on } from "./page.js";

export function startMenus() {
  document.addEventListener("click", (event) => {
    document.querySelectorAll("[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target) || event.target.closest(".dropdown-item")) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu][open]");
    if (menu) keys(event, menu);
  });
  on("click", "[data-toggle-nav]", toggleNavigation);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && document.body.classList.contains("nav-open")) toggleNavigation(); });
}

function keys(event, menu) {
  const items = [...menu.querySelectorAll(".dropdown-item")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (step && items.length) {
    event.preventDefault();
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length].focus();
  }
}

function toggleNavigation() {
  const open = document.body.classList.toggle("nav-open");
  document.querySelectorAll("[data-toggle-nav][aria-expanded]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
  if (open) document.querySelector(".sidebar-item")?.focus();
}

// The theme button: as the system, light, dark. The choice lives in a cookie, so that the server renders it at once.
import { on, text } from "./page.js";
import { toast } from "./toasts.js";

const order = ["auto", "light", "dark"];

export function startThemeSwitch() {
  on("click", "[data-cycle-theme]", () => {
    const root = document.documentElement;
    const next = order[(order.indexOf(root.dataset.themeChoice) + 1) % order.length];
    root.dataset.themeChoice = next;
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    root.dispatchEvent(new Event("theme-chosen"));
    document.dispatchEvent(new Event("theme-changed"));
    toast(text(`theme_${next}`), { name: "theme" });
  });
}

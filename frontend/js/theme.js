// Runs before the first paint, so that a dark page never flashes white.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function apply() {
  const chosen = root.dataset.themeChoice;
  root.dataset.bsTheme = chosen === "auto" || !chosen ? (dark.matches ? "dark" : "light") : chosen;
}

apply();
dark.addEventListener("change", apply);
root.addEventListener("theme-chosen", apply);

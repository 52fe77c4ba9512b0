// Bundles the browser code into banjie/ui/static/dist; names carry no hash, WhiteNoise adds it.
import { context, build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const out = "banjie/ui/static/dist";

function sprite() {
  const names = readFileSync("frontend/icons.txt", "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  writeFileSync(`${out}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

const options = {
  entryPoints: { app: "frontend/js/app.js", theme: "frontend/js/theme.js", charts: "frontend/js/charts.js", editor: "frontend/js/editor.js", style: "frontend/css/app.css" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2021", "chrome92", "firefox91", "safari15"],
  legalComments: "none",
  logLevel: "warning",
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
sprite();
// For printed sheets; pages use the reader's own fonts.
copyFileSync("node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", `${out}/print.ttf`);
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}

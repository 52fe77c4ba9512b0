// What modules ask the page for: its texts, its meta values, its elements as they come and go.
let texts;

export function text(name, values = {}) {
  texts ??= JSON.parse(document.getElementById("browser-texts")?.textContent ?? "{}");
  return (texts[name] ?? name).replace(/%\((\w+)\)[sd]/g, (_, key) => values[key] ?? "").replace(/%%/g, "%");
}

export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

export function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

// Runs `work` for every element that matches, now and whenever htmx brings new ones.
export function each(selector, work) {
  const run = (root) => {
    if (root.matches?.(selector)) work(root);
    root.querySelectorAll?.(selector).forEach(work);
  };
  run(document.body);
  document.body.addEventListener("htmx:load", (event) => run(event.detail.elt));
}

export function on(type, selector, work) {
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) work(event, found);
  });
}

export function make(tag, className, content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

export function icon(name) {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

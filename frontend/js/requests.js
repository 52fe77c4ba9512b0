// How every htmx request ends: one place for refusals, lost connections, fresh tokens and double sends.
import { cookie, meta, text } from "./page.js";
import { askToSignIn } from "./signin.js";
import { dropToast, toast } from "./toasts.js";

export function startRequests() {
  const body = document.body;
  body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb === "get") return;
    const token = cookie("csrftoken") || meta("csrf-token"); // the cookie is newer after signing in again
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters.has?.("csrfmiddlewaretoken")) event.detail.parameters.set("csrfmiddlewaretoken", token);
  });
  body.addEventListener("htmx:beforeRequest", (event) => busy(event.detail.elt, true));
  body.addEventListener("htmx:afterRequest", (event) => { if (!leaving(event.detail.xhr)) busy(event.detail.elt, false); });
  body.addEventListener("htmx:beforeSwap", (event) => swap(event.detail));
  body.addEventListener("htmx:afterOnLoad", () => dropToast("network"));
  body.addEventListener("htmx:sendError", (event) => lost(event.detail));
  body.addEventListener("htmx:timeout", (event) => lost(event.detail));
  document.addEventListener("submit", plainSubmit);
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-busy]").forEach((element) => busy(element, false)));
}

function leaving(xhr) {
  return Boolean(xhr?.getResponseHeader?.("HX-Redirect"));
}

// The sending form or button is disabled until the answer is here.
function busy(element, yes) {
  const form = element.closest?.("form");
  const sends = form && (element === form || element.matches("[data-upload]"));
  if (sends) form.toggleAttribute("data-busy", yes);
  const buttons = sends ? form.querySelectorAll("button[type=submit], button:not([type])") : element.matches?.("button") ? [element] : [];
  element.toggleAttribute("data-busy", yes);
  buttons.forEach((button) => { button.disabled = yes; });
}

// Forms without htmx: a second click on the way out must not send twice.
function plainSubmit(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.hasAttribute("data-busy")) { event.preventDefault(); return; }
  form.setAttribute("data-busy", "");
  const field = form.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && cookie("csrftoken")) field.value = cookie("csrftoken");
  setTimeout(() => form.removeAttribute("data-busy"), 10000);
}

function swap(detail) {
  const { xhr } = detail;
  const elt = detail.requestConfig?.elt ?? detail.elt; // of a form with a target, detail.elt is the target
  if (xhr.status < 400) {
    if (elt.matches("form") || !elt.closest("form")) clear(elt); // looking something up beside a form leaves its marks alone
    return;
  }
  detail.shouldSwap = false;
  if (elt.hasAttribute("data-live-topic")) return; // a live refresh that fails keeps what is shown
  if (xhr.status === 401) { askToSignIn(() => again({ elt })); return; }
  if (xhr.getResponseHeader("X-Fragment") === "refusal") showRefusal({ xhr, elt });
  else toast(text({ 403: "forbidden", 404: "gone", 413: "too_large" }[xhr.status] ?? "failed", { limit: "" }), { tone: "bad", name: "failed" });
}

function area(elt) {
  return elt.closest("form, dialog")?.querySelector("[data-errors]") ?? document.getElementById("page-errors");
}

function clear(elt) {
  const place = elt.closest?.("form")?.querySelector("[data-errors]") ?? document.getElementById("page-errors");
  place?.replaceChildren();
  elt.closest?.("form")?.querySelectorAll("[data-error-of]").forEach((one) => { one.textContent = ""; });
  elt.closest?.("form")?.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  elt.closest?.("form")?.querySelectorAll(".field-wrong").forEach((one) => one.classList.remove("field-wrong"));
}

function showRefusal(detail) {
  clear(detail.elt);
  const place = area(detail.elt);
  if (!place) return;
  place.innerHTML = detail.xhr.responseText;
  const form = detail.elt.closest("form");
  const marks = [...place.querySelectorAll("[data-field-error]")];
  marks.forEach((mark) => markField(form, mark.dataset.fieldError, mark.textContent));
  place.scrollIntoView({ block: "nearest" });
  const first = marks.length ? form?.querySelector(`[data-field="${CSS.escape(marks[0].dataset.fieldError)}"]`) : null;
  first?.querySelector("input, select, textarea")?.focus();
}

function markField(form, name, words) {
  const field = form?.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!field) return;
  field.classList.add("field-wrong");
  const note = field.querySelector("[data-error-of]");
  note.textContent = words;
  const input = field.querySelector("input, select, textarea");
  input?.setAttribute("aria-invalid", "true");
  input?.setAttribute("aria-describedby", [...new Set([...(input.getAttribute("aria-describedby") ?? "").split(" "), note.id])].join(" ").trim());
}

function lost(detail) {
  if (detail.elt.hasAttribute("data-live-topic")) return;
  toast(text("network"), { tone: "bad", name: "network", action: { title: text("retry"), run: () => again(detail) } });
}

function again(detail) {
  const { elt } = detail;
  if (elt.matches("form")) elt.requestSubmit();
  else elt.click();
}

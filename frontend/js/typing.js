// What is typed while an answer is on its way is neither lost nor interrupted when the answer draws the fields of a form anew.

const sent = new WeakMap(); // request → what the fields held when it was sent
let redrawn = null; // what was typed since, and where the cursor stood

export function startTyping() {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (inForm(event.detail.target)) sent.set(event.detail.xhr, held(event.detail.target));
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => { redrawn = sent.has(event.detail.xhr) ? typed(event.detail) : null; });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (redrawn?.xhr !== event.detail.xhr) return;
    const again = redrawn;
    redrawn = null;
    restore(again);
  });
  let cursor = null; // of a single field that is drawn anew because its condition has changed
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => { cursor = inForm(event.detail.target) ? cursorIn(event.detail.target) : null; });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const form = cursor && event.detail.target.closest("form");
    if (form) restore({ form, changed: new Map(), cursor });
    cursor = null;
  });
}

function inForm(target) {
  return Boolean(target?.closest?.("form")) && !target.matches("form, input, textarea, select, button");
}

function controls(root) {
  return [...root.querySelectorAll("input, select, textarea")].filter((one) => one.name && !["password", "file", "hidden", "submit", "button"].includes(one.type));
}

function key(one) {
  return ["checkbox", "radio"].includes(one.type) ? `${one.name}=${one.value}` : one.name;
}

function said(one) {
  return ["checkbox", "radio"].includes(one.type) ? one.checked : one.value;
}

function held(root) {
  return new Map(controls(root).map((one) => [key(one), said(one)]));
}

function typed({ xhr, target }) {
  const before = sent.get(xhr);
  const changed = controls(target).filter((one) => before.has(key(one)) && before.get(key(one)) !== said(one)).map((one) => [key(one), said(one)]);
  return { xhr, form: target.closest("form"), changed: new Map(changed), cursor: cursorIn(target) };
}

function cursorIn(target) {
  const here = document.activeElement;
  return here?.name && target.contains(here) ? { key: key(here), from: here.selectionStart, to: here.selectionEnd } : null;
}

function restore({ form, changed, cursor }) {
  for (const one of controls(form)) {
    if (changed.has(key(one))) set(one, changed.get(key(one)));
    if (cursor?.key === key(one)) place(form, one, cursor);
  }
}

function set(one, value) {
  if (["checkbox", "radio"].includes(one.type)) one.checked = value;
  else one.value = value;
  // What listens to this field is told as soon as it listens: htmx gives it its ears right after this.
  setTimeout(() => one.dispatchEvent(new Event("input", { bubbles: true })));
}

function place(form, one, { from, to }) {
  form.querySelectorAll("[autofocus]").forEach((other) => other.removeAttribute("autofocus")); // it would take the cursor away again
  one.focus();
  if (from !== null && from !== undefined) one.setSelectionRange(from, to);
}

// The editor of a rulebook: a textarea that knows YAML and the language. What is typed goes back into the textarea at once, so that
// the form, the kept draft and the panel beside it see it. Proposals and problems come from the server, which alone knows the language.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentService, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { cookie, meta, on } from "./page.js";

const words = JSON.parse(document.getElementById("editor-words")?.textContent ?? "{}");
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "code-key" },
  { tag: [tags.string, tags.content], class: "code-text" },
  { tag: [tags.comment, tags.lineComment], class: "code-comment" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], class: "code-mark" },
]);

function start(place) {
  const area = place.querySelector("textarea[data-lines]");
  const view = new EditorView({
    doc: area.value,
    extensions: [
      lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), bracketMatching(), closeBrackets(),
      highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), search({ top: true }), indentUnit.of("  "), indentService.of(indent),
      EditorView.lineWrapping, yaml(), syntaxHighlighting(colours), autocompletion({ override: [(context) => proposals(context, place.dataset.complete)], maxRenderedOptions: 60, activateOnCompletion: (one) => String(one.apply).endsWith(": ") }),
      keymap.of([{ key: "Mod-s", preventDefault: true, run: () => { area.form.requestSubmit(); return true; } }]),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
      EditorState.phrases.of(words),
      EditorView.cspNonce.of(place.dataset.nonce),
      EditorView.contentAttributes.of({ "aria-labelledby": "field-source-label", spellcheck: "false", tabindex: "0" }),
      EditorView.updateListener.of((update) => { if (update.docChanged) tell(area, update.state.doc.toString()); }),
    ],
  });
  const label = place.querySelector("label[for=field-source]");
  label.id = "field-source-label";
  label.addEventListener("click", (event) => { event.preventDefault(); view.focus(); });
  area.before(view.dom);
  area.hidden = true;
  area.form.addEventListener("reset", () => setTimeout(() => replace(view, area.value)));
  on("click", "[data-goto-line]", (event, link) => { event.preventDefault(); goTo(view, Number(link.dataset.gotoLine), Number(link.dataset.gotoColumn)); });
  // What was chosen holds at once: a check that is just going out shows the chosen part too.
  on("click", "#panel [data-part]", (_event, tab) => { document.getElementById("panel-part").value = tab.dataset.part; });
  on("change", "#panel-choice", (_event, choice) => { document.getElementById("panel-of").value = choice.value; });
  document.body.addEventListener("htmx:afterSettle", () => mark(view));
  mark(view);
}

// A new line stands under the one before; below a bare key or an open bracket it stands deeper.
function indent(context, position) {
  const before = context.lineAt(position, -1).text.trimEnd();
  const blanks = before.length - before.trimStart().length;
  return /[:[{]$/.test(before) ? blanks + 2 : blanks;
}

function tell(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

function position(state, line, column) {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return { from: found.from + Math.min(Math.max(column - 1, 0), found.length), to: found.to };
}

function goTo(view, line, column) {
  const { from, to } = position(view.state, line, column);
  view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  view.focus();
}

// Underlines what the check found; its panel carries the places.
function mark(view) {
  const found = JSON.parse(document.getElementById("editor-marks")?.textContent ?? "[]");
  const marks = found.map((one) => {
    const { from, to } = position(view.state, one.line, one.column);
    return { from, to: Math.max(from, to), message: one.message, severity: { error: "error", unset: "warning" }[one.severity] ?? "info" };
  });
  view.dispatch(setDiagnostics(view.state, marks.sort((a, b) => a.from - b.from)));
}

async function proposals(context, url) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (!context.explicit && !/[\w-]$|[:,[{] $/.test(before)) return null;
  const body = new URLSearchParams({ source: context.state.doc.toString(), line: line.number, column: before.length });
  const headers = { "X-CSRFToken": cookie("csrftoken") || meta("csrf-token") };
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  if (!answer?.ok || context.aborted) return null;
  const { start: from, options } = await answer.json();
  if (!options.length) return null;
  return {
    from: line.from + from,
    validFor: /^[\w-]*$/,
    options: options.map((one, place) => ({
      label: one.label, apply: one.insert, detail: one.is_needed ? words.needed ?? "" : "", info: one.meaning || undefined, type: one.kind, boost: one.is_needed ? 50 : -place / 10,
    })),
  };
}

document.querySelectorAll("[data-editor]").forEach(start);

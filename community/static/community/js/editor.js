// The one editor. The form works without this file; with it the page beside the text is drawn while typing,
// drafts are kept, configs are checked, pictures are taken in.
//
//   <form data-editor data-kind data-preview-url data-draft-url data-upload-url data-presets-url>
//     hidden inputs: draft_key, draft_version, base_version; [data-editor-source] the text; [data-editor-page] the page;
//     [data-problems] list; [data-editor-status] line; [data-toolbar] hidden until now; [data-pane-tabs] phone's tabs
import { Drafts } from "./drafts.js";
import { insertFootnote } from "./footnote.js";
import { leaveFormula } from "./formula_tab.js";
import { insertBlock, prefixLines, put, wrap } from "./insert.js";
import { post } from "./http.js";
import { continueLine } from "./list_lines.js";
import { openPalette } from "./palette.js";
import { takePictures } from "./pictures.js";
import { openPresets } from "./presets.js";
import { showProblems } from "./problems.js";
import { recover } from "./recovery.js";
import { isTouched } from "./writing.js";

const LOOK_AFTER_MS = 350;
const COPY_AFTER_MS = 150;
const KEEP_AFTER_MS = 1500;

export function attach(form) {
  const text = form.querySelector("[data-editor-source]");
  const editor = { form, text, page: form.querySelector("[data-editor-page]"), status: form.querySelector("[data-editor-status]"), urls: form.dataset, looking: null };
  const drafts = new Drafts(editor);
  const look = later(() => preview(editor), LOOK_AFTER_MS);
  const keep = later(() => drafts.keep(), KEEP_AFTER_MS);
  const copy = later(() => drafts.copy(), COPY_AFTER_MS);

  const changed = ({ target }) => {
    if (target === text || target === form.elements.title) look();
    keep();
  };
  form.addEventListener("input", (event) => {
    copy();
    if (!event.isComposing) changed(event);
  });
  form.addEventListener("compositionend", changed);
  for (const box of [text, form.elements.title]) box?.addEventListener("keydown", (event) => shortcut(event, box));
  attachDrafts(form, drafts);
  form.elements.cancel?.addEventListener("click", (event) => close(event, drafts));

  attachToolbar(editor);
  attachTemplate(editor);
  attachPanes(form);
  takePictures(editor);
  followScroll(editor);
  if (text.autofocus && text === document.activeElement && text.value === text.defaultValue && !text.selectionEnd) text.setSelectionRange(text.value.length, text.value.length);
  if (text.value.trim()) preview(editor);
  drafts.copy();
  recover(drafts);
  if (isTouched(form)) keep();
}

// A draft is saved at once where the page may be the last time seen.
function attachDrafts(form, drafts) {
  form.addEventListener("submit", () => drafts.submitted());
  document.addEventListener("visibilitychange", () => { if (document.hidden) drafts.keep(); });
  addEventListener("pagehide", () => drafts.leave());
  addEventListener("pageshow", (event) => { if (event.persisted) drafts.returned(); });
  addEventListener("online", () => drafts.keep());
  addEventListener("chainrule:leaving", () => drafts.leave());
}

// A box that was opened in its page closes there: its text is a draft, and comes back when the box is opened again.
function close(event, drafts) {
  const box = drafts.form.parentElement;
  const opener = box.id && document.querySelector(`a[data-swap="#${box.id}"]`);
  if (!opener) return;
  event.preventDefault();
  drafts.leave();
  box.replaceChildren();
  opener.focus();
}

function later(act, wait) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
}

async function preview(editor) {
  editor.looking?.abort();
  editor.looking = new AbortController();
  const fields = new FormData(editor.form);
  if (!fields.get("kind") && editor.form.dataset.kind) fields.set("kind", editor.form.dataset.kind);
  const signal = editor.looking.signal;
  const response = await post(editor.urls.previewUrl, fields, { signal }).catch(() => null);
  const answer = response?.ok ? await response.json().catch(() => null) : null;
  if (!answer || signal.aborted) return;
  draw(editor.page, answer.html, answer.language);
  showProblems(editor.form, editor.text, answer.problems);
}

// The page is in the language of its text, whatever language the buttons around it have.
function draw(page, html, language) {
  page.innerHTML = html;
  if (language) page.lang = language;
  page.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
}

const IN_TITLES = { m: ["$", "$"] };
const SHORTCUTS = { b: ["**", "**"], i: ["*", "*"], k: ["[", "](https://)"], ...IN_TITLES };

// In the text, and in the box of a title, which has one line.
function shortcut(event, text) {
  const isTitle = text.matches("input");
  if (!isBusy(event, text) && ((event.key === "Enter" && !isTitle && continueLine(text)) || (event.key === "Tab" && leaveFormula(text)))) event.preventDefault();
  if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  const marks = (isTitle ? IN_TITLES : SHORTCUTS)[event.key.toLowerCase()];
  if (!marks) return;
  event.preventDefault();
  wrap(text, ...marks);
}

// While an input method composes or suggestions are shown, Enter is theirs.
function isBusy(event, text) {
  const isHeld = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  return isHeld || event.isComposing || event.keyCode === 229 || text.hasAttribute("aria-controls");
}

function attachToolbar(editor) {
  const toolbar = editor.form.querySelector("[data-toolbar]");
  if (!toolbar) return;
  toolbar.hidden = false;
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.wrap) wrap(editor.text, ...button.dataset.wrap.split("|"));
    if (button.dataset.line) prefixLines(editor.text, button.dataset.line);
    if (button.dataset.block) insertBlock(editor.text, ...button.dataset.block.replaceAll("\\n", "\n").split("¦"));
    if ("footnote" in button.dataset) insertFootnote(editor.text);
  });
  const palette = toolbar.querySelector("[data-palette]");
  palette?.addEventListener("toggle", () => openPalette(palette, editor.text), { once: true });
  const presets = toolbar.querySelector("[data-presets]");
  if (presets && editor.urls.presetsUrl) presets.addEventListener("toggle", () => openPresets(presets, editor), { once: true });
  else presets?.remove();
}

// The parts of a question, below what was typed before. The first hint is chosen, so that typing replaces it.
function attachTemplate({ form, text }) {
  const button = form.querySelector("[data-template]");
  if (!button) return;
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    const words = button.dataset.template;
    const at = text.value.indexOf(words.trim());
    const start = at < 0 ? text.value.trimEnd().length : at;
    const gap = at < 0 && start ? "\n\n" : "";
    if (at < 0) put(text, start, text.value.length, gap + words);
    const hint = text.value.indexOf("*", start);
    text.focus();
    text.setSelectionRange(hint, text.value.indexOf("*", hint + 1) + 1);
  });
}

// The phone shows one pane at a time.
function attachPanes(form) {
  const tabs = form.querySelector("[data-pane-tabs]");
  if (!tabs) return;
  tabs.hidden = false;
  const buttons = [...tabs.querySelectorAll("[data-pane]")];
  const show = (pane) => {
    form.dataset.shows = pane;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.pane === pane));
  };
  buttons.forEach((button) => button.addEventListener("click", () => show(button.dataset.pane)));
  show("text");
}

// The text and its page scroll together. Only the one that was touched last moves the other: a page that is drawn anew while
// somebody types, or that the other has just moved, moves nothing.
function followScroll({ text, page }) {
  let leader = text;
  for (const [each, other] of [[text, page], [page, text]]) {
    for (const name of ["wheel", "pointerdown", "focusin", "keydown", "input"]) each.addEventListener(name, () => { leader = each; }, { passive: true });
    each.addEventListener("scroll", () => {
      const room = each.scrollHeight - each.clientHeight;
      if (leader === each && room > 0) other.scrollTop = (each.scrollTop / room) * (other.scrollHeight - other.clientHeight);
    }, { passive: true });
  }
}

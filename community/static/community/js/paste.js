// Rich text and notebooks become Markdown where they are pasted or dropped; undo takes it back at once. What is too large,
// or nothing but words, is pasted as plain text. Comes with the first of them: see main.js.
import { put } from "./insert.js";
import { isRich, markdownOf } from "./pasted_html.js";
import { markdownOfNotebook } from "./pasted_notebook.js";
import { footnotesOfWord, formulasOfWord } from "./pasted_word.js";
import { tell } from "./status.js";
import { word } from "./words.js";

export { markdownOf };

const MOST_HTML = 3_000_000;
const MOST_FILE = 20_000_000;
const MOST_WRITTEN = 200_000;
const MOST_LINES = 100;

export async function take(text, { file, html, plain }) {
  if (file) {
    const found = file.size > MOST_FILE ? null : markdownOfNotebook(await file.text(), takesFiles(text));
    if (found) writeAll(text, found, true);
    else say(text, word("pasteFile"));
    return;
  }
  if (isInCode(text)) { write(text, plain); return; }
  const notebook = html ? null : markdownOfNotebook(plain, takesFiles(text));
  if (notebook) writeAll(text, notebook, true);
  else if (html.length > MOST_HTML) write(text, plain, false, word("pasteLarge"));
  else convert(text, new DOMParser().parseFromString(html, "text/html"), plain);
}

function convert(text, page, plain) {
  formulasOfWord(page.body);
  footnotesOfWord(page.body);
  if (!isRich(page)) { write(text, plain); return; }
  const found = markdownOf(page.body);
  if (found.words) writeAll(text, found, /\n|^(?:#|[-*>|] |\d+\. |```|\$\$)/.test(found.words));
  else write(text, plain);
}

const takesFiles = (text) => text.form?.dataset.takesPictures !== undefined;

function writeAll(text, { words, pictures, files = [] }, isBlock) {
  write(text, words, isBlock, pictures ? word("pastePictures", { count: pictures }) : "");
  if (files.length) text.dispatchEvent(new CustomEvent("chainrule:pictures", { detail: files }));
}

function isInCode({ value, selectionStart }) {
  return (value.slice(0, selectionStart).match(/^ {0,3}(?:```|~~~)/gm) ?? []).length % 2 === 1;
}

function write(text, words, isBlock = false, sentence = "") {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const before = value.slice(0, start);
  const above = !isBlock || !before.trim() || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const kept = words.replace(/\r\n?/g, "\n");
  insert(text, start, end, above + kept.slice(0, MOST_WRITTEN) + (isBlock && !value.slice(end).startsWith("\n") ? "\n\n" : ""));
  say(text, [kept.length > MOST_WRITTEN && word("pasteCut"), sentence].filter(Boolean).join(" "));
}

// Browsers take seconds to insert hundreds of lines so that their undo knows of them: for those it is ours.
function insert(text, start, end, words) {
  if (words.split("\n", MOST_LINES).length < MOST_LINES) { put(text, start, end, words); return; }
  const before = text.value;
  text.focus();
  text.setRangeText(words, start, end, "end");
  const after = text.value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && !event.isComposing && event.key.toLowerCase() === "z";
    if (!isUndo || text.value !== after) return;
    event.preventDefault();
    text.setRangeText(before, 0, after.length);
    text.setSelectionRange(start, end);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function say(text, sentence) {
  const status = text.form?.querySelector("[data-editor-status]");
  if (sentence) tell(status, sentence);
}

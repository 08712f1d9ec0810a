// A mark where the caret is, and its note below the text.
import { put } from "./insert.js";

export function insertFootnote(text) {
  const { selectionEnd: at, value } = text;
  const number = Math.max(0, ...[...value.matchAll(/\[\^(\d{1,4})\]/g)].map((found) => Number(found[1]))) + 1;
  put(text, at, value.length, `[^${number}]${value.slice(at).trimEnd()}\n\n[^${number}]: `);
}

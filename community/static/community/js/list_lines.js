// Enter in a list or a quote begins the next line of it; on a line without words it ends the list.
import { put } from "./insert.js";

const LINE = /^((?:[ \t]*>)*[ \t]*)(?:([-*+]|\d{1,9}[.)])([ \t]+)(\[[ xX]\][ \t]+)?)?([^]*)$/;
const FENCE = /^[ \t>]*(?:```|~~~)/gm;
const FORMULA = /(?<!\\)\$\$/g; // whose lines may begin with a plus

// True if it wrote the line.
export function continueLine(text) {
  const { selectionStart: at, selectionEnd, value } = text;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const [, before, mark, gap, box, words] = LINE.exec(value.slice(start, at));
  if (at !== selectionEnd || !(mark || before.includes(">")) || isInside(value.slice(0, start))) return false;
  const after = value.slice(at, value.indexOf("\n", at) < 0 ? value.length : value.indexOf("\n", at));
  if (words.trim()) put(text, at, at, `\n${before}${mark ? next(mark) + gap : ""}${box ? "[ ] " : ""}`);
  else if (after.trim()) return false;
  else put(text, start, at, mark && before.includes(">") ? before : "");
  return true;
}

const isInside = (above) => [FENCE, FORMULA].some((each) => (above.match(each) ?? []).length % 2 === 1);
const next = (mark) => mark.replace(/\d+/, (number) => String(Number(number) + 1));

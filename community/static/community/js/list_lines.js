// Enter in a list or a quote begins the next line of it; on a line without words it ends the list.
import { put } from "./insert.js";

const LINE = /^((?:[ \t]*>)*[ \t]*)(?:([-*+]|\d{1,9}[.)])([ \t]+)(\[[ xX]\][ \t]+)?)?([^]*)$/;
const BEFORE = /^[ \t>]*/;
const FENCE = /^(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?!.*`)|~{3,})/;
const CODE = /(`+)(?!`).*?(?<!`)\1(?!`)/g;
const FORMULA = /(?<!\\)\$\$/g;

// True if it wrote the line.
export function continueLine(text) {
  const { selectionStart: at, selectionEnd, value } = text;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const [, before, mark, gap, box, words] = LINE.exec(value.slice(start, at));
  if (at !== selectionEnd || !(mark || before.includes(">")) || isInside(value.slice(0, start), value.slice(start))) return false;
  const after = value.slice(at, value.indexOf("\n", at) < 0 ? value.length : value.indexOf("\n", at));
  if (words.trim()) put(text, at, at, `\n${before}${mark ? next(mark) + gap : ""}${box ? "[ ] " : ""}`);
  else if (after.trim()) return false;
  else put(text, start, at, mark && before.includes(">") ? before : "");
  return true;
}

// True in a block of code, and in a formula, whose lines may begin with a plus. As on the page, code ends with its quote,
// and a formula goes beyond its paragraph only from a line with nothing but its sign, and only if it ends.
function isInside(above, below) {
  let open = null;
  for (const line of above.split("\n").slice(0, -1)) {
    const [before] = BEFORE.exec(line);
    const depth = before.split(">").length;
    const words = line.slice(before.length).trim();
    if (open && depth < open.depth) open = null;
    if (open?.fence) {
      if (words.startsWith(open.fence) && !words.replaceAll(open.fence[0], "")) open = null;
      continue;
    }
    const fence = !open && FENCE.exec(words)?.[1];
    if (fence) open = { fence, depth };
    else if (open && !words) open = open.isAlone ? { ...open, hasGap: true } : null;
    else if ((words.replace(CODE, "").match(FORMULA) ?? []).length % 2) open = open ? null : { isFirst: words.startsWith("$$"), isAlone: words === "$$", depth };
  }
  if (!open || open.fence || (open.isFirst && !open.hasGap)) return Boolean(open);
  return (open.isAlone ? below : below.split(/\n[ \t>]*\n/)[0]).search(FORMULA) >= 0;
}

const next = (mark) => mark.replace(/\d+/, (number) => String(Number(number) + 1));

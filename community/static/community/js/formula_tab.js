// Tab in a formula goes to the next group of braces, and from the last one, or before the sign that ends the formula, beyond it.
// A formula that nothing ends is ended. The next Tab leaves the text.
import { put } from "./insert.js";
import { isInCode, isInFormula, paragraphOf } from "./in_formula.js";

const PAIRS = { "$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]" };
const CODE = /`[^`]*`/g;
const NEAR = 4_000; // characters after the caret that are looked at
const SIGNS = /[\\^_={}<>+*|]/; // what is no formula, as $HOME, has none
const SHORT = 3;

// True if it moved the caret.
export function leaveFormula(text) {
  const { selectionStart: at, selectionEnd, value } = text;
  if (at !== selectionEnd) return false;
  const before = value.slice(0, at);
  const { end, words } = openIn(before.slice(before.lastIndexOf("\n") + 1));
  if (end && value.startsWith(end, at)) return go(text, at + end.length);
  if (isInCode(before)) return false;
  const rest = value.slice(at, at + NEAR).split(/\n[ \t]*\n/)[0];
  const group = end || isInFormula(paragraphOf(before)) ? nextGroup(end ? words : paragraphOf(before), rest) : 0;
  if (group) return go(text, at + group);
  if (!end || !isUnended(end, words, rest)) return false;
  put(text, at, at, end);
  return true;
}

function go(text, at) {
  text.setSelectionRange(at, at);
  return true;
}

// The sign that would end the formula that is open at the end of a line, and what it has so far.
function openIn(line) {
  let end = "";
  let start = 0;
  for (const { 0: sign, index } of line.replace(CODE, (code) => " ".repeat(code.length)).matchAll(/\\.|\$\$?/g)) {
    if (sign === end) end = "";
    else if (!end && PAIRS[sign]) [end, start] = [PAIRS[sign], index + sign.length];
  }
  return { end, words: end ? line.slice(start) : "" };
}

// How far it is into the group after the one around the caret, or else behind that one; 0 if none is around it.
function nextGroup(words, rest) {
  let depth = 0;
  for (const [brace] of words.matchAll(/\\[^]|[{}]/g)) depth = Math.max(0, depth + stepOf(brace));
  if (!depth) return 0;
  depth = 0;
  for (const { 0: sign, index } of rest.matchAll(/\\[^]|[{}$]/g)) {
    if (sign === "$") return 0;
    depth += stepOf(sign);
    if (depth < 0) return index + 1 + (/^[_^]?\{/.exec(rest.slice(index + 1))?.[0].length ?? 0);
  }
  return 0;
}

const stepOf = (sign) => ({ "{": 1, "}": -1 })[sign] ?? 0;

function isUnended(end, words, rest) {
  const count = (pattern, where) => (where.match(pattern) ?? []).length;
  if (count(/\\begin\{/g, words) > count(/\\end\{/g, words) || !words.trim() || words.endsWith("$")) return false;
  if (end !== "$") return !rest.includes(end);
  const isFormula = /^[^\s\d]/.test(words) && /\S$/.test(words) && (SIGNS.test(words) || words.length <= SHORT);
  return isFormula && count(/(?<!\\)\$/g, rest) % 2 === 0;
}

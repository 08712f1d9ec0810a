// The word at the caret that something can be offered for: a name after @, a tag after #, an emoji after :, a command after
// \ in a formula, an environment after \begin{.
//   typedWord(before) → { of: "person" | "tag" | "emoji" | "latex" | "environment", word, start } or null; `before` is the
//   text up to the caret. `isMild`: the mark may be a plain colon of a Chinese sentence.
import { isInCode, isInFormula, paragraphOf } from "./in_formula.js";

const NEAR = 80; // characters before the caret that are looked at for the word
const MOST_SEARCHED = 100;
const ENOUGH = /[\p{L}\p{N}]{2}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const PERSON = /(?:^|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{L}\p{N}_@＠/.+\-\\])([@＠])([\p{L}\p{M}\p{N}_.-]{0,30})$/u;
const TAG = /(?:^|[^\p{L}\p{N}_#＃&/\\])([#＃])([\p{L}\p{N}][\p{L}\p{M}\p{N}+#._-]{0,39})$/u;
const EMOJI = /(^|[\s\p{Ps}\p{Pi}\p{Script=Han}，。！？、；…])([:：])((?:\w{2,30}|\p{Script=Han}{1,6}|[+-]1)[:：]?)$/u; // Chinese names are short, sentences are not
const COMMAND = /(?:^|[^\\])(?:\\\\)*(\\)([a-zA-Z]{1,30})$/;
const ENVIRONMENT = /(?:^|[^\\])(?:\\\\)*\\begin(\{)([a-zA-Z]{0,20}\*?)$/;
const IN_FORMULA = { latex: true, emoji: false };

export function typedWord(before) {
  const near = before.slice(-NEAR);
  const found = matched("latex", COMMAND, near) ?? matched("environment", ENVIRONMENT, near) ?? matched("person", PERSON, near) ?? matched("tag", TAG, near) ?? emoji(near);
  if (!found || isInCode(before)) return null;
  if (found.of in IN_FORMULA && isInFormula(paragraphOf(before)) !== IN_FORMULA[found.of]) return null;
  return { ...found, start: before.length - found.word.length - 1 };
}

// In the box for a title: commands alone.
export function typedTitle(before) {
  const found = typedWord(before);
  return found?.of === "latex" ? found : null;
}

// In the box for tags, where commas and spaces separate them.
export function typedTag(before) {
  const word = /[^,，、\s]{0,40}$/u.exec(before)[0];
  return word ? { of: "tag", word, start: before.length - word.length } : null;
}

// In a box for one person, with or without the @.
export function typedPerson(before) {
  const word = /^\s*[@＠]?([\p{L}\p{M}\p{N}_. -]{1,40})$/u.exec(before)?.[1];
  return word ? { of: "person", word, start: 0 } : null;
}

// In a box for a search: all that is typed, once it says enough.
export function typedSearch(before) {
  const word = before.trimStart().slice(0, MOST_SEARCHED);
  return ENOUGH.test(word) ? { of: "page", word, start: 0 } : null;
}

function matched(of, pattern, near) {
  const found = pattern.exec(near);
  return found && { of, word: found[2] };
}

function emoji(near) {
  const found = EMOJI.exec(near);
  return found && { of: "emoji", word: found[3], isMild: found[2] === "：" || /\p{Script=Han}/u.test(found[1]) };
}

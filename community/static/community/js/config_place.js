// Where in a config a place of its text is, as far as that can be seen without reading it whole: what is half typed has a
// place too. Each character is looked at once. The server alone decides what a config means.
//   placeAt(text, at) → { path: ["optimizer", "lr"], isKey, start, word, tag, present }
//   path: names, and 0 for an item of a list; the last is the word itself where isKey. tag: the type or name of the block.
const WORD = /[\w.^*-]/;
const ROW = /^(\s*)((?:- +)*)(?:(["']?)([\w.^*-]+)\3\s*:(?=\s|$))?/;

export function placeAt(text, at) {
  const start = back(text, at);
  const outer = [];
  let nest = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    if (offset > start) break;
    const upTo = Math.min(line.length, start - offset);
    if (nest.length) nest = flow(nest, line, 0, upTo);
    else if (!/^\s*(#|$)/.test(line) || offset + line.length >= start) nest = row(outer, line, upTo);
    offset += line.length + 1;
  }
  const inFlow = nest.length > 0;
  const path = [...outer.map(({ name }) => name).filter((name) => name !== null), ...nest.flatMap((each) => each.names)];
  const isKey = inFlow ? nest.at(-1).sign === "{" && nest.at(-1).names.length === 0 : isBlockKey(text, start);
  const word = text.slice(start, forward(text, start));
  if (isKey) path.push(word);
  return { path, isKey, start, end: start + word.length, word, ...around(text, start, inFlow ? nest.at(-1).from : null) };
}

function back(text, at) {
  let start = at;
  while (start > 0 && WORD.test(text[start - 1])) start -= 1;
  return start;
}

function forward(text, at) {
  let end = at;
  while (end < text.length && WORD.test(text[end])) end += 1;
  return end;
}

// One line of a block: the names that it closes and opens, then what it begins in brackets.
function row(outer, line, upTo) {
  const [whole, spaces, dashes, , key] = ROW.exec(line);
  let indent = spaces.length;
  if (indent > upTo) indent = upTo;
  while (outer.length && (outer.at(-1).indent > indent || (outer.at(-1).indent === indent && !(dashes && outer.at(-1).name !== 0)))) outer.pop();
  if (dashes && spaces.length + 1 <= upTo) {
    outer.push({ indent, name: 0 });
    indent += dashes.length;
  }
  if (key === undefined) return flow([], line, spaces.length + dashes.length, upTo);
  if (whole.length > upTo) return [];
  outer.push({ indent, name: key });
  return flow([], line, whole.length, upTo);
}

// Brackets that are open at the end. names: the key that is being given a value in a mapping, or 0 in a list.
function flow(nest, line, from, upTo) {
  let word = "";
  for (let i = from; i < upTo; i += 1) {
    const sign = line[i];
    const here = nest.at(-1);
    if (sign === "#" && (i === 0 || line[i - 1] === " ")) break;
    if (sign === '"' || sign === "'") {
      const end = line.indexOf(sign, i + 1);
      if (end < 0 || end >= upTo) break;
      word = line.slice(i + 1, end);
      i = end;
    } else if (sign === "{" || sign === "[") nest.push({ sign, names: sign === "[" ? [0] : [], from: i });
    else if (sign === "}" || sign === "]") nest.pop();
    else if (sign === "," && here?.sign === "{") here.names = [];
    else if (sign === ":" && here?.sign === "{") { here.names = [word]; word = ""; }
    else if (WORD.test(sign)) word = WORD.test(line[i - 1] ?? "") ? word + sign : sign;
  }
  return nest;
}

function isBlockKey(text, start) {
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return /^\s*(- +)*["']?$/.test(line);
}

// The names that are in the same block, and its type: in brackets those between them, else the lines of the same depth.
function around(text, start, bracket) {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const block = bracket === null ? sameDepth(text, lineStart) : brackets(text, lineStart, bracket, start);
  const present = new Set();
  for (const [, name] of block.matchAll(/(?:^|[{,\s-])["']?([\w.^*-]+)["']?\s*:(?=\s|$)/gm)) present.add(name);
  const tag = /(?:^|[{,\s-])["']?(?:type|name)["']?\s*:\s*["']?([\w.^*-]+)/m.exec(block)?.[1] ?? "";
  return { present, tag };
}

function brackets(text, lineStart, from, start) {
  let begin = lineStart + from;
  if (text[begin] !== "{") begin = Math.max(text.lastIndexOf("{", start), 0);
  let depth = 0;
  for (let i = begin; i < text.length; i += 1) {
    if (text[i] === "{" || text[i] === "[") depth += 1;
    else if (text[i] === "}" || text[i] === "]") depth -= 1;
    if (depth === 0) return flat(text.slice(begin, i + 1));
  }
  return flat(text.slice(begin, text.indexOf("\n", start) + 1 || text.length));
}

// Without what is in brackets within.
function flat(block) {
  let depth = 0;
  let made = "";
  for (const sign of block) {
    if (sign === "}" || sign === "]") depth -= 1;
    if (depth <= 1) made += sign;
    if (sign === "{" || sign === "[") depth += 1;
  }
  return made;
}

const depthOf = (line) => /^[\s-]*/.exec(line)[0].length;

function sameDepth(text, lineStart) {
  const lines = text.split("\n");
  const at = text.slice(0, lineStart).split("\n").length - 1;
  const depth = depthOf(lines[at]);
  const made = [lines[at]];
  const take = (step) => {
    for (let i = at + step; i >= 0 && i < lines.length; i += step) {
      if (/^\s*(#|$)/.test(lines[i])) continue;
      if (step > 0 && /^\s*- /.test(lines[i]) && depthOf(lines[i]) <= depth) break;
      if (depthOf(lines[i]) < depth) break;
      if (depthOf(lines[i]) === depth) made.push(lines[i].replace(/[{[].*/, ""));
      if (step < 0 && /^\s*- /.test(lines[i]) && depthOf(lines[i]) <= depth) break;
    }
  };
  if (!/^\s*- /.test(lines[at])) take(-1);
  take(1);
  return made.join("\n");
}

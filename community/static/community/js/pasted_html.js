// HTML of a web page, of Word or of a mail as Markdown. The page was parsed apart: nothing of it runs or is loaded.
import { FORMULAS, formulasIn } from "./pasted_math.js";
import { escaped, guarded } from "./signs.js";
import { word } from "./words.js";

const LEFT_OUT = "script, style, template, noscript, svg, button, select, iframe, object, video, audio, [hidden], td.gutter, .linenos, .mw-editsection, sup.reference, .visually-hidden, .sr-only";
const RICH = "h1, h2, h3, h4, h5, h6, ul, ol, table, a[href], strong, b, em, i, code, pre, blockquote, math, img, .katex, mjx-container, [data-tex], [style*='mso-list'], span[style*='font-weight'], span[style*='font-style']";
const BLOCKS = new Set("address article aside blockquote body center details dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table ul".split(" "));
const MARKS = { strong: "**", b: "**", em: "*", i: "*", del: "~~", s: "~~", strike: "~~" };
const TAGS = new Set(["sup", "sub", "kbd"]);
const OWN = /^\/media\/[\w\-./%]+$/;
const PAIRED = /^(?:[^[\]]|\[[^[\]]*\](?!\())*$/; // brackets, as in the words of a picture
const NOTE = /^\[\^(?:ftn|edn)\d{1,4}\]:?$/; // a footnote of Word
const DEEPEST = 60;

// False for words without any form, and for code that an editor coloured.
export function isRich({ body }) {
  const only = body.children.length === 1 && body.children[0].matches("pre") && !body.children[0].querySelector("code");
  return !only && Boolean(body.querySelector(`${RICH}, ${FORMULAS}`));
}

export function markdownOf(body) {
  const state = { kept: formulasIn(body), pictures: 0 };
  for (const note of body.querySelectorAll("[data-note]")) if (NOTE.test(note.dataset.note)) note.replaceWith(`\ue000${state.kept.push(note.dataset.note) - 1}\ue001`);
  body.querySelectorAll(LEFT_OUT).forEach((each) => each.remove());
  const words = blocks(body, state, 0).replace(/(^[ >]*(?:- |\d+\. )?)?\ue000(\d+)\ue001/gm, (whole, lead = "", at = "") => {
    const below = lead.replace(/[^ >]/g, " "); // as the lines of a formula in an item or a quote begin
    return lead + (state.kept[at] ?? "").replaceAll("\n", `\n${below}`);
  });
  const lines = words.split("\n").map((line) => line.trimEnd()).join("\n");
  return { words: lines.replace(/\n{3,}/g, "\n\n").trim(), pictures: state.pictures };
}

// Each run of words between blocks is a paragraph.
function blocks(element, state, depth) {
  if (depth > DEEPEST) return spaced(element.textContent);
  const found = [];
  let line = "";
  const end = () => {
    for (const part of line.replace(/ +/g, " ").replace(/ \n/g, "  \n").split(/(?: {0,2}\n){2,}/)) if (part.trim()) found.push(guarded(part.trim()));
    line = "";
  };
  for (const node of element.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE && isBlock(node)) {
      end();
      found.push(block(node, state, depth + 1));
    } else line += inline(node, state, depth + 1);
  }
  end();
  return joined(found.filter((each) => each.trim()));
}

// Word writes lists as paragraphs: those go on in the next line.
const joined = (found) => found.map((each, i) => (i ? (isItem(found[i - 1]) && isItem(each) ? "\n" : "\n\n") : "") + each).join("").replaceAll("\ue002", "");
const isItem = (row) => row.startsWith("\ue002");
const isBlock = (node) => BLOCKS.has(node.localName) || (node.localName !== "a" && !TAGS.has(node.localName) && !(node.localName in MARKS && isMark(node)) && [...node.children].some(isBlock));

function block(node, state, depth) {
  const name = node.localName;
  if (/^h[1-6]$/.test(name)) {
    const words = oneLine(inlines(node, state, depth));
    return words && `${"#".repeat(Number(name[1]))} ${words}`;
  }
  if (name === "hr") return "---";
  if (name === "pre") return fenced(node);
  if (name === "ul" || name === "ol") return list(node, state, depth);
  if (name === "blockquote") return blocks(node, state, depth).replace(/^/gm, "> ").replace(/^> $/gm, ">");
  if (name === "table") return table(node, state, depth);
  if (name === "dt" || name === "summary") return marked(inlines(node, state, depth), "**");
  if (name === "figcaption") return marked(inlines(node, state, depth), "*");
  const item = name === "p" && /mso-list:\s*\w+ level(\d)/.exec(node.getAttribute("style") ?? "");
  return item ? itemOfWord(node, Number(item[1]), state, depth) : blocks(node, state, depth);
}

function itemOfWord(node, level, state, depth) {
  const mark = [...node.querySelectorAll("span")].find((each) => /mso-list:\s*ignore/i.test(each.getAttribute("style") ?? ""));
  const isNumber = /^\s*\(?[\da-z]{1,3}[.)]/i.test(mark?.textContent ?? "");
  mark?.remove();
  return `\ue002${"    ".repeat(Math.min(level, 6) - 1)}${isNumber ? "1." : "-"} ${oneLine(inlines(node, state, depth))}`;
}

function list(node, state, depth) {
  let number = Number(node.getAttribute("start")) || 1;
  const items = [];
  for (const child of node.children) {
    number = (child.localName === "li" && child.value) || number;
    const words = child.localName === "li" ? blocks(child, state, depth + 1) : block(child, state, depth + 1);
    if (!words.trim()) continue;
    const box = child.querySelector(":scope > input[type=checkbox], :scope > p > input[type=checkbox], :scope > label > input[type=checkbox]");
    const mark = node.localName === "ol" ? `${number}. ` : `- ${box ? (box.hasAttribute("checked") ? "[x] " : "[ ] ") : ""}`;
    if (child.localName === "li") number += 1;
    const rows = words.replace(/\n\n(?= *(?:- |\d+\. ))/g, "\n").replace(/\n(?!\n|$)/g, "\n    ");
    items.push(child.localName === "li" ? mark + rows : `    ${rows}`);
  }
  return items.join("\n");
}

function table(node, state, depth) {
  const rows = [...node.querySelectorAll("tr")].map((row) => [...row.children].filter((cell) => /^t[dh]$/.test(cell.localName)));
  const filled = rows.filter((row) => row.length);
  const width = Math.max(0, ...filled.map((row) => row.length));
  if (width < 2 || node.querySelector("table, pre")) return filled.flat().map((cell) => (cell.closest("table") === node ? blocks(cell, state, depth) : "")).filter(Boolean).join("\n\n");
  const written = filled.map((row) => {
    const cells = row.map((cell) => inCell(oneLine(inlines(cell, state, depth)), state).replace(/\|/g, "\\|"));
    return `| ${[...cells, ...Array(width - cells.length).fill("")].join(" | ")} |`;
  });
  written.splice(1, 0, `|${" --- |".repeat(width)}`);
  return written.join("\n");
}

function inCell(words, { kept }) {
  for (const [, at] of words.matchAll(/\ue000(\d+)\ue001/g)) kept[at] = kept[at].replace(/^\$\$\n|\n\$\$$/g, "$").replace(/\s*\n\s*/g, " ");
  return words;
}

function fenced(node) {
  node.querySelectorAll("br").forEach((each) => each.replaceWith("\n"));
  const code = node.textContent.replace(/\u00a0/g, " ").replace(/^\n/, "").trimEnd();
  const classes = [node, node.querySelector("code"), node.parentElement].map((each) => each?.getAttribute("class") ?? "").join(" ");
  const language = /(?:language-|lang-|highlight-source-|highlight-)([\w+-]+)/.exec(classes)?.[1] ?? "";
  const fence = "`".repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map((run) => run[0].length + 1)));
  return code && `${fence}${language}\n${code}\n${fence}`;
}

const inlines = (node, state, depth) => [...node.childNodes].map((each) => inline(each, state, depth + 1)).join("");

function inline(node, state, depth) {
  if (node.nodeType === Node.TEXT_NODE) return spaced(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (depth > DEEPEST) return spaced(node.textContent);
  const name = node.localName;
  if (name === "br") return "  \n";
  if (name === "img") return picture(node, state);
  if (name === "code" || name === "tt" || name === "samp") return code(node.textContent);
  const words = inlines(node, state, depth) + (BLOCKS.has(name) ? " " : "");
  if (name === "a") return link(node, words);
  if (TAGS.has(name)) return words.trim() && `<${name}>${words.trim()}</${name}>`;
  return marksOf(node).reduce(marked, words);
}

const isMark = (node) => !/(?:^|;)\s*font-weight:\s*(?:normal|400)/.test(node.getAttribute("style") ?? "");

// What makes it bold or italic: its name, or in Google Docs its style.
function marksOf(node) {
  const style = node.getAttribute("style") ?? "";
  if (node.localName in MARKS) return isMark(node) ? [MARKS[node.localName]] : [];
  if (node.localName !== "span") return [];
  return [/(?:^|;)\s*font-weight:\s*(?:bold|[6-9]00)/.test(style) && "**", /(?:^|;)\s*font-style:\s*italic/.test(style) && "*"].filter(Boolean);
}

function marked(words, mark) {
  const inner = words.trim();
  const at = words.indexOf(inner);
  return inner && !inner.includes("\n\n") ? `${words.slice(0, at)}${mark}${inner}${mark}${words.slice(at + inner.length)}` : words;
}

function code(text) {
  const words = text.replace(/\s+/g, " ").trim();
  const ticks = "`".repeat(Math.max(0, ...[...words.matchAll(/`+/g)].map((run) => run[0].length)) + 1);
  const gap = /^`|`$/.test(words) ? " " : "";
  return words && `${ticks}${gap}${words}${gap}${ticks}`;
}

function link(node, words) {
  const address = (node.getAttribute("href") ?? "").trim();
  const shown = oneLine(words);
  if (!/^(?:https?:|mailto:)/i.test(address) || !shown) return words;
  const written = address.replace(/[\s()<>]/g, (each) => encodeURIComponent(each).replace("(", "%28").replace(")", "%29"));
  if (address === node.textContent.trim()) return written;
  return /^\s/.test(words) ? ` [${shown}](${written})` : `[${shown}](${written})`;
}

// Those of this site are written; others stay where they are: their words tell which is missing.
function picture(node, state) {
  if ([node.getAttribute("width"), node.getAttribute("height")].includes("1")) return "";
  const words = oneLine(node.getAttribute("alt") ?? "").slice(0, 200);
  const src = (node.getAttribute("src") ?? "").trim(); // a relative one is of the site that it was copied from
  const address = src.startsWith(`${location.origin}/`) ? src.slice(location.origin.length) : "";
  if (OWN.test(address)) return `![${spaced(PAIRED.test(words) ? words : words.replace(/[[\]]/g, (sign) => (sign === "[" ? "(" : ")")))}](${address})`;
  state.pictures += 1;
  return words && `*(${word("pictureTravels")}: ${spaced(words)})*`;
}

const oneLine = (words) => words.replace(/\s+/g, " ").trim();

const spaced = (text) => escaped(text.replace(/[\s\u00a0]+/g, " "));

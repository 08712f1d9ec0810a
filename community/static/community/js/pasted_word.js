// Formulas of Word as LaTeX, and its footnotes. Word has them in comments (Office Math, ECMA-376 part 1, 22.1), each before a picture of it for
// other programs. Elements of HTML are in lower case.
import { NAMED, base } from "./pasted_math.js";

const IN_COMMENT = /^\[if [^\]]{0,40}\bmsEquation\b[^\]]{0,40}\]>([^]*)<!\[endif\]$/;
const EMPTY = /<(m:\w{1,20})\b([^<>]*)\/>/g; // HTML does not know that these are closed
const LETTERS = /[\u{1d400}-\u{1d7ff}\u210e]/gu; // bold, italic and so on
const SIGNS = { "−": "-", "{": "\\{", "}": "\\}", "%": "\\%", "&": "\\&", "#": "\\#", "$": "\\$", "_": "\\_", "\\": "\\backslash ", "^": "\\hat{}", "~": "\\sim ", "∑": "\\sum ", "∏": "\\prod ", "∫": "\\int ", "‖": "\\Vert " };
const ACCENTS = { "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec" };
const TALL = /\\(?:frac|sum|prod|int|sqrt|begin)\b/;
const DEEPEST = 60;
const MOST_NODES = 100; // beside each other, of one picture

// In place of each formula stands a <math> that has its LaTeX as words.
export function formulasOfWord(body) {
  for (const comment of commentsOf(body)) {
    const source = IN_COMMENT.exec(comment.data)?.[1];
    if (source) comment.replaceWith(...new DOMParser().parseFromString(source.replace(EMPTY, "<$1$2></$1>"), "text/html").body.childNodes);
    else if (comment.data === "[if !msEquation]") removeCondition(comment);
  }
  for (const node of body.querySelectorAll("m\\:omath")) {
    if (!body.contains(node)) continue; // within one that is done
    const math = body.ownerDocument.createElement("math");
    const isDisplay = node.closest("m\\:omathpara") !== null;
    const latex = all(node, 0).replace(/\s+/g, " ").trim();
    math.setAttribute("alttext", isDisplay ? latex.replace(/\\#\(?([\w.]+)\)?$/, "\\tag{$1}") : latex);
    if (isDisplay) math.setAttribute("display", "block");
    node.replaceWith(math);
  }
}

// A footnote is a link to a paragraph at the end, which links back: each becomes an element with its name, and its words one
// paragraph. A link whose note was not copied stays what it is.
export function footnotesOfWord(body) {
  for (const note of [...body.querySelectorAll("[style*='mso-element:footnote'], [style*='mso-element:endnote']")]) {
    const [name, kind, number] = /^(ftn|edn)(\d{1,4})$/.exec(note.id) ?? [];
    const links = name ? [...body.querySelectorAll(`a[href="#_${name}"]`)] : [];
    if (!links.length) continue;
    note.querySelector(`a[href="#_${kind}ref${number}"]`)?.remove();
    links.forEach((link) => (link.closest("sup") ?? link).replaceWith(marked(body, name)));
    const words = body.ownerDocument.createElement("p");
    const parts = note.children.length ? [...note.children] : [note];
    words.append(marked(body, name, ":"), ...parts.flatMap((part) => [" ", ...part.childNodes]));
    note.replaceWith(words);
  }
  body.querySelectorAll("[style*='mso-element:footnote-list'] > hr, [style*='mso-element:endnote-list'] > hr").forEach((each) => each.remove());
}

function marked(body, name, sign = "") {
  const made = body.ownerDocument.createElement("span");
  made.dataset.note = `[^${name}]${sign}`;
  return made;
}

function commentsOf(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

// Removes what is between a condition and its end; conditions within it have ends of their own.
function removeCondition(comment) {
  const within = [];
  let depth = 1;
  for (let node = comment.nextSibling; node && depth && within.length < MOST_NODES; node = node.nextSibling) {
    if (node.nodeType === Node.COMMENT_NODE) depth += /^\[if [^\]]*\]$/.test(node.data) - (node.data === "[endif]");
    within.push(node);
  }
  if (!depth) within.forEach((node) => node.remove());
}

const parts = (node, name) => [...node.children].filter((each) => each.localName === `m:${name}`);
const child = (node, name) => [...node.children].find((each) => each.localName === `m:${name}`);

function setting(node, name, otherwise = "") {
  const place = [...node.children].find((each) => each.localName.endsWith("pr"));
  const found = place && child(place, name);
  return found ? found.getAttribute("m:val") ?? "1" : otherwise;
}

const isOn = (node, name) => !["", "0", "off", "false"].includes(setting(node, name));
const all = (node, depth) => [...node.childNodes].map((each) => tex(each, depth + 1)).join("");

function tex(node, depth) {
  if (node.nodeType === Node.TEXT_NODE) return signs(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (depth > DEEPEST) return signs(node.textContent);
  const at = (name) => { const part = child(node, name); return part ? all(part, depth).trim() : ""; };
  const name = node.localName.replace("m:", "");
  switch (name) {
    case "r": return run(node);
    case "f": return fraction(setting(node, "type"), at("num"), at("den"));
    case "ssup": return `${base(at("e"))}^{${at("sup")}}`;
    case "ssub": return `${base(at("e"))}_{${at("sub")}}`;
    case "ssubsup": return `${base(at("e"))}_{${at("sub")}}^{${at("sup")}}`;
    case "spre": return `{}_{${at("sub")}}^{${at("sup")}}${base(at("e"))}`;
    case "limlow": return `${base(at("e"))}_{${at("lim")}}`;
    case "limupp": return `${base(at("e"))}^{${at("lim")}}`;
    case "rad": return `\\sqrt${isOn(node, "deghide") ? "" : degree(at("deg"))}{${at("e")}}`;
    case "nary": return signs(setting(node, "chr", "∫")).trim() + limit("_", at("sub")) + limit("^", at("sup")) + ` ${at("e")}`;
    case "func": return `${at("fname")} ${at("e")}`;
    case "acc": return `\\${ACCENTS[setting(node, "chr", "\u0302")] ?? "hat"}{${at("e")}}`;
    case "bar": return `\\${setting(node, "pos", "bot") === "top" ? "over" : "under"}line{${at("e")}}`;
    case "groupchr": return `\\${setting(node, "pos", "bot") === "top" ? "over" : "under"}brace{${at("e")}}`;
    case "borderbox": return `\\boxed{${at("e")}}`;
    case "phant": return "";
    case "d": return between(node, parts(node, "e").map((part) => all(part, depth).trim()));
    case "m": return rows("matrix", parts(node, "mr").map((row) => parts(row, "e").map((part) => all(part, depth).trim()).join(" & ")));
    case "eqarr": return aligned(parts(node, "e").map((part) => all(part, depth).trim().replaceAll("\\&", "&")));
    default: return name.endsWith("pr") ? "" : all(node, depth);
  }
}

const degree = (words) => words && `[${words}]`;
const limit = (mark, words) => words && `${mark}{${words}}`;
const rows = (name, lines) => `\\begin{${name}}${lines.join(" \\\\ ")}\\end{${name}}`;
const aligned = (lines) => (lines.length === 1 ? lines[0].replaceAll("&", "") : rows("aligned", lines));

function fraction(type, above, below) {
  if (type === "lin") return `${base(above)}/${base(below)}`;
  return type === "noBar" ? rows("matrix", [above, below]) : `\\frac{${above}}{${below}}`;
}

function between(node, words) {
  const [begin, separator, end] = [["begchr", "("], ["sepchr", "|"], ["endchr", ")"]].map(([name, otherwise]) => signs(setting(node, name, otherwise)));
  const inner = words.join(separator);
  return begin && end && !TALL.test(inner) ? begin + inner + end : `\\left${begin || "."}${inner}\\right${end || "."}`;
}

// Letters of one look: names of functions, bold, double-struck.
function run(node) {
  const words = node.textContent.replace(/\s+/g, " ");
  if (isOn(node, "nor")) return words.trim() && `\\text{${words.replace(/[{}%&#$_]/g, "\\$&")}}`;
  const latex = signs(words).trim();
  const [script, style] = [setting(node, "scr"), setting(node, "sty", "i")];
  const font = { "double-struck": "mathbb", script: "mathcal", fraktur: "mathfrak" }[script] ?? { b: "mathbf", bi: "boldsymbol" }[style];
  if (!latex || !/\p{L}|\d/u.test(latex)) return latex;
  if (font) return `\\${font}{${latex}}`;
  if (style !== "p" || !/^[A-Za-z]+$/.test(latex)) return latex;
  return NAMED.has(latex) ? `\\${latex} ` : `\\mathrm{${latex}}`;
}

const signs = (words) => words.replace(LETTERS, (letter) => letter.normalize("NFKC")).replace(/[\u2061-\u2064\u200b\ue000-\ue002]/g, "").replace(/[−{}%&#$_\\^~∑∏∫‖]/g, (sign) => SIGNS[sign]);

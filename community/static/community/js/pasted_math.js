// Formulas of pasted pages as LaTeX: KaTeX, MathJax, MathML, Wikipedia's and Zhihu's pictures.
const OURS = /[\ue000-\ue002]/g;
export const FORMULAS = ".katex-display, .katex, mjx-container, .mwe-math-element, .MathJax[data-mathml], .MathJax_Display, math, [data-tex], script[type^='math/tex'], img[alt^='{\\\\displaystyle'], img[alt^='{\\\\textstyle'], img[eeimg]";
const ACCENTS = { "¯": "bar", "‾": "bar", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "→": "vec", "⃗": "vec", "˙": "dot", "¨": "ddot" };
export const NAMED = new Set("arccos arcsin arctan arg cos cosh cot det dim exp gcd inf ker lim ln log max min sin sinh sup tan tanh".split(" "));

// Puts a mark in place of each formula, and returns their LaTeX by number.
export function formulasIn(body) {
  const kept = [];
  for (const node of textsOf(body)) node.data = node.data.replace(OURS, "");
  body.querySelectorAll(".MathJax_Preview").forEach((each) => each.remove());
  for (const node of body.querySelectorAll(FORMULAS)) {
    if (!body.contains(node)) continue; // within one that is done
    const latex = latexOf(node).trim();
    if (!latex) continue;
    const mark = `\ue000${kept.length}\ue001`;
    const isWide = isDisplay(node);
    kept.push(isWide ? `$$\n${latex}\n$$` : `$${latex.replace(/\s*\n\s*/g, " ")}$`);
    if (!isWide) { node.replaceWith(mark); continue; }
    const block = body.ownerDocument.createElement("p");
    block.textContent = mark;
    node.replaceWith(block);
  }
  return kept;
}

function textsOf(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

function isDisplay(node) {
  if (node.matches(".katex-display, .MathJax_Display, mjx-container[display=true], [type*='mode=display'], img[class*=display]")) return true;
  if (node.matches("img[eeimg]")) return node.getAttribute("eeimg") === "2";
  return node.closest(".katex-display, .MathJax_Display") !== null || node.querySelector("img[class*=display]") !== null || (node.querySelector("math") ?? node).getAttribute("display") === "block";
}

function latexOf(node) {
  const written = node.querySelector("annotation[encoding='application/x-tex']")?.textContent ?? node.dataset.tex;
  if (written) return plain(written);
  if (node.matches("script")) return node.textContent;
  const picture = node.matches("img") ? node : node.querySelector("img[alt]");
  if (picture) return plain(picture.alt);
  const math = node.matches("math") ? node : node.querySelector("math") ?? mathIn((node.querySelector("[data-mathml]") ?? node).dataset.mathml);
  return math ? plain(math.getAttribute("alttext") || tex(math)) : "";
}

const mathIn = (source) => (source ? new DOMParser().parseFromString(source, "text/html").querySelector("math") : null);

// Without the braces in which Wikipedia writes the style.
function plain(latex) {
  const found = /^\{\\(?:display|text)style\s*([^]*)\}$/.exec(latex.trim());
  return (found ? found[1] : latex).trim().replace(OURS, "");
}

const inBraces = (latex) => `{${latex}}`;
export const base = (latex) => (latex.length > 1 && !/^\\\w+$/.test(latex) ? inBraces(latex) : latex);
const over = (below, above) => (ACCENTS[above] ? `\\${ACCENTS[above]}{${below}}` : `${base(below)}^{${above}}`);
const all = (node) => [...node.children].map(tex).join("");

// MathML that has no annotation, as it is drawn.
function tex(node) {
  const parts = [...node.children];
  const at = (n) => (parts[n] ? tex(parts[n]) : "");
  const text = node.textContent.trim().replace(/[\u2061-\u2064\u200b]/g, "");
  switch (node.localName) {
    case "mi": return NAMED.has(text) ? `\\${text} ` : text.length > 1 ? `\\mathrm{${text}}` : text;
    case "mo": return { "−": "-", "{": "\\{", "}": "\\}", "%": "\\%", "&": "\\&" }[text] ?? text;
    case "mn": return text;
    case "mtext": case "ms": return text ? `\\text{${text}}` : " ";
    case "mspace": return "\\,";
    case "semantics": return at(0);
    case "annotation": case "annotation-xml": case "mphantom": return "";
    case "mfrac": return `\\frac{${at(0)}}{${at(1)}}`;
    case "msqrt": return `\\sqrt{${all(node)}}`;
    case "mroot": return `\\sqrt[${at(1)}]{${at(0)}}`;
    case "msup": return `${base(at(0))}^{${at(1)}}`;
    case "msub": case "munder": return `${base(at(0))}_{${at(1)}}`;
    case "msubsup": case "munderover": return `${base(at(0))}_{${at(1)}}^{${at(2)}}`;
    case "mover": return over(at(0), at(1));
    case "mfenced": return `${node.getAttribute("open") ?? "("}${parts.map(tex).join(",")}${node.getAttribute("close") ?? ")"}`;
    case "mtable": return `\\begin{matrix}${parts.map((row) => [...row.children].map(tex).join(" & ")).join(" \\\\ ")}\\end{matrix}`;
    default: return all(node);
  }
}

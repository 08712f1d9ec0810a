// Words that are chosen in a post are quoted into the reply: who wrote them, a link, and their Markdown, formulas as LaTeX.
// What writes Markdown comes with the first words that are chosen: see main.js.
//   [data-quote-words="Quote"][data-quote-line="@{handle} …"] around the form of the reply; article#post-N .prose
import { put } from "./insert.js";
import { widened } from "./copy_latex.js";

const AFTER_MS = 200;
const GAP = 6;
const HEAD = 100; // the top of the page, and the button
const LONGEST = 1_500; // as the server cuts a quote of a whole post
const FORMULA = /^[ >]*\$\$\n[^]*?\n[ >]*\$\$$|(?<![\\$])\$[^$]+\$/gm;
const LEFT_OUT = ".code-name, .math-error-message, .math-number, .footnote-ref, .footnote-backref";
const AROUND = "a, strong, em, del, code, pre, blockquote";
const LISTS = "ul, ol, table, thead, tbody, tr";
let written = null;

export function attach(place, load) {
  const text = place.querySelector("[data-editor-source]");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small quote-words", textContent: place.dataset.quoteWords });
  let timer = 0;
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay chosen
  button.addEventListener("click", () => {
    const chosen = chosenWords();
    if (chosen) quote(text, place.dataset.quoteLine, chosen);
    button.remove();
  });
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (chosenWords()) written ??= (await load().catch(() => null))?.markdownOf;
      offer(button);
    }, AFTER_MS);
  });
}

// The post in which words are chosen, and their range; nothing if they are of several posts or of none.
function chosenWords() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !selection.toString().trim()) return null;
  const range = widened(selection.getRangeAt(0));
  const around = range.commonAncestorContainer;
  const prose = (around.nodeType === Node.ELEMENT_NODE ? around : around.parentElement).closest("article[id^=post-] .prose:not(.pane)");
  const post = prose?.closest("article");
  return post ? { range, post, prose, isBackward: selection.direction === "backward" } : null;
}

// Where the choice ended: there is the hand that made it.
function offer(button) {
  if (document.activeElement === button) return;
  const chosen = chosenWords();
  if (!chosen || !written) { button.remove(); return; }
  const { range, prose, isBackward } = chosen;
  if (button.previousElementSibling !== prose) prose.after(button);
  const lines = range.getClientRects();
  const line = isBackward ? lines[0] : lines[lines.length - 1];
  const from = button.offsetParent?.getBoundingClientRect() ?? document.documentElement.getBoundingClientRect();
  const room = document.documentElement.clientWidth - button.offsetWidth - 8;
  const left = isBackward ? line.left : line.right - button.offsetWidth;
  button.style.insetInlineStart = `${Math.max(8, Math.min(left, room)) - from.left}px`;
  button.style.insetBlockStart = `${beside(range, button.offsetHeight, prose, isBackward) - from.top}px`;
}

// Below the words, or above them where they were chosen upwards or it would cover what can be done with the post, unless
// they begin out of sight.
function beside(range, height, prose, isBackward) {
  const words = range.getBoundingClientRect();
  const below = words.bottom + GAP;
  const isOut = below + height > prose.getBoundingClientRect().bottom;
  return (isOut || isBackward) && words.top > HEAD ? words.top - GAP - height : below;
}

function quote(text, line, { range, post, prose }) {
  const link = post.querySelector(".post-number, .post-link");
  const handle = decodeURIComponent(post.querySelector("a.person").pathname).replace(/^\/@|\/$/g, "");
  const values = { handle, number: post.id.replace("post-", ""), url: new URL(link?.getAttribute("href") ?? "", location.href.split(/[?#]/)[0]).href };
  const head = line.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const rows = cut(markdown(range, prose)).split("\n").map((row) => `> ${row}`.trimEnd());
  const before = text.value.trimEnd();
  put(text, before.length, text.value.length, `${before ? "\n\n" : ""}> ${head}\n>\n${rows.join("\n")}\n\n`);
  text.scrollIntoView({ block: "nearest" });
}

// Between two lines, if there are some, and never within a formula.
function cut(words) {
  if (words.length <= LONGEST) return words;
  const line = words.lastIndexOf("\n", LONGEST);
  const at = line > 0 ? line : LONGEST;
  const formula = [...words.matchAll(FORMULA)].find(({ index, 0: all }) => index < at && index + all.length > at);
  const end = formula ? formula.index || formula[0].length : at;
  return `${words.slice(0, end).trimEnd()}\n…`;
}

// What was written, as far as it can be told from what is shown. In place of a run is a link to it.
function markdown(range, prose) {
  for (const list of prose.querySelectorAll("ol")) [...list.children].forEach((item, i) => { item.value = list.start + i; });
  const words = document.createElement("div");
  words.append(withWhatIsAround(range, prose));
  words.querySelectorAll(LEFT_OUT).forEach((each) => each.remove());
  words.querySelectorAll(".mention, .picture-whole").forEach((each) => each.replaceWith(...each.childNodes));
  words.querySelectorAll(".callout > .callout-title > strong:first-child").forEach(markCallout);
  words.querySelectorAll(".run-card").forEach((card) => card.replaceWith(linkTo(card)));
  words.querySelectorAll("a.eqref").forEach((link) => { link.textContent = link.querySelector("mtext").textContent; }); // its label stays behind
  words.querySelectorAll("a[href]").forEach((link) => link.setAttribute("href", link.href));
  words.querySelectorAll("img[src]").forEach((picture) => picture.setAttribute("src", picture.src));
  return written(words).words;
}

// Of a list or a table only if more than one item or cell is chosen.
function withWhatIsAround(range, prose) {
  let words = range.cloneContents();
  let isPart = false;
  for (let around = range.commonAncestorContainer; around !== prose; around = around.parentElement) {
    if (around.nodeType !== Node.ELEMENT_NODE) continue;
    isPart ||= around.matches("li, td, th");
    if (!around.matches(isPart ? AROUND : `${AROUND}, ${LISTS}`)) continue;
    const shell = around.cloneNode();
    shell.append(words);
    words = shell;
  }
  return words;
}

// A callout is written as a quote that begins with its kind.
function markCallout(label) {
  const box = label.closest(".callout");
  const quote = document.createElement("blockquote");
  label.replaceWith(`[!${/callout-(\w+)/.exec(box.className)[1]}]`);
  quote.append(...box.childNodes);
  box.replaceWith(quote);
}

function linkTo(card) {
  const line = document.createElement("p");
  const link = Object.assign(document.createElement("a"), { textContent: card.getAttribute("aria-label") });
  const address = card.querySelector(".run-title a")?.href;
  if (address) link.href = address;
  line.append(link);
  return line;
}

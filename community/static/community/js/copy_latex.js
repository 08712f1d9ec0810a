// Copying words with formulas in them gives the words and LaTeX between dollars, as it was written;
// a double click on a formula chooses the whole of it.
let isListening = false;

export function attach() {
  if (isListening) return;
  isListening = true;
  document.addEventListener("copy", asLatex);
  document.addEventListener("dblclick", (event) => {
    const formula = event.target.closest?.("math");
    if (!formula) return;
    getSelection().selectAllChildren(formula);
  });
}

function asLatex(event) {
  const selection = getSelection();
  if (selection.isCollapsed || event.target.closest?.("textarea, input")) return;
  const chosen = widened(selection.getRangeAt(0)).cloneContents();
  if (!chosen.querySelector("math, .math-error")) return;
  chosen.querySelectorAll(".math-error-message").forEach((message) => message.remove());
  chosen.querySelectorAll(".math-error > code").forEach((formula) => formula.replaceWith(`$${formula.textContent}$`));
  chosen.querySelectorAll("math").forEach((formula) => formula.replaceWith(sourceOf(formula)));
  const holder = document.createElement("div");
  holder.append(chosen);
  event.clipboardData.setData("text/plain", words(holder));
  event.preventDefault();
}

// A selection that begins or ends inside a formula takes all of it.
export function widened(chosen) {
  const range = chosen.cloneRange();
  const first = elementOf(range.startContainer).closest("math");
  const last = elementOf(range.endContainer).closest("math");
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  return range;
}

const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

export function sourceOf(formula) {
  const source = formula.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? "";
  return formula.getAttribute("display") === "block" ? `\n$$\n${source}\n$$\n` : `$${source}$`;
}

function words(holder) {
  holder.querySelectorAll("p, li, h1, h2, h3, h4, pre, blockquote, div").forEach((block) => block.append("\n"));
  return holder.textContent.replace(/\n{3,}/g, "\n\n").trim();
}

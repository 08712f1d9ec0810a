// Symbols of backpropagation, by family. `|` in a command is where the cursor goes.
import { wrap } from "./insert.js";
import { word } from "./words.js";

const FAMILIES = [
  ["greek", "α:\\alpha β:\\beta γ:\\gamma δ:\\delta ε:\\epsilon ζ:\\zeta η:\\eta θ:\\theta λ:\\lambda μ:\\mu ν:\\nu π:\\pi ρ:\\rho σ:\\sigma τ:\\tau φ:\\varphi χ:\\chi ψ:\\psi ω:\\omega Δ:\\Delta Σ:\\Sigma Θ:\\Theta Φ:\\Phi Ω:\\Omega"],
  ["operators", "∂:\\partial ∇:\\nabla ⊙:\\odot ⊗:\\otimes ·:\\cdot ×:\\times ∑:\\sum_{|}^{} ∏:\\prod_{|}^{} ∫:\\int √:\\sqrt{|} ≈:\\approx ≠:\\ne ≤:\\le ≥:\\ge ∝:\\propto ∈:\\in ℝ:\\mathbb{R} 𝔼:\\mathbb{E} ∞:\\infty ±:\\pm ∥:\\Vert"],
  ["arrows", "→:\\to ←:\\gets ⇒:\\Rightarrow ⇔:\\iff ↦:\\mapsto ⟵:\\longleftarrow"],
  ["backprop", "∂L/∂W:\\frac{\\partial\u00a0L}{\\partial\u00a0|} a⁽ˡ⁾:a^{[|]} δ⁽ˡ⁾:\\delta^{[|]} Wᵀ:W^{\\mathsf\u00a0T} x̂:\\hat{|} x̄:\\bar{|} σ′:\\sigma'(|)"],
  ["shapes", "a/b:\\frac{|}{} xᵢ:_{|} xⁿ:^{|} [⋮]:\\begin{bmatrix}\u00a0|\u00a0\\\\\u00a0\u00a0\\end{bmatrix} {⋮:\\begin{cases}\u00a0|\u00a0\\\\\u00a0\u00a0\\end{cases} =⋮:\\begin{aligned}\u00a0|\u00a0&=\u00a0\\\\\u00a0&=\u00a0\\end{aligned} (·):\\left(|\\right) text:\\text{|}"],
];

export function openPalette(menu, text) {
  const sheet = menu.querySelector("[data-palette-sheet]");
  sheet.replaceChildren(...FAMILIES.map(([name, symbols]) => family(name, symbols, text)));
}

function family(name, symbols, text) {
  const group = document.createElement("div");
  group.className = "palette-family";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", word(`palette${name[0].toUpperCase()}${name.slice(1)}`));
  group.append(...symbols.split(" ").map((each) => key(each, text)));
  return group;
}

function key(each, text) {
  const cut = each.indexOf(":\\") >= 0 ? each.indexOf(":\\") : each.indexOf(":");
  const command = each.slice(cut + 1).replaceAll("\u00a0", " ");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = each.slice(0, cut);
  button.title = command.replace("|", "");
  button.addEventListener("click", () => write(text, command));
  return button;
}

// Outside a formula the command brings its own dollars; a letter that follows is kept apart.
function write(text, command) {
  const [head, tail = ""] = command.split("|");
  const dollars = isInFormula(text) ? "" : "$";
  const gap = !dollars && /\\[a-zA-Z]+$/.test(command) && /[a-zA-Z]/.test(text.value[text.selectionEnd] ?? "") ? " " : "";
  wrap(text, dollars + head + (tail ? "" : gap), tail + dollars);
}

function isInFormula(text) {
  const before = text.value.slice(0, text.selectionStart);
  const paragraph = before.slice(before.lastIndexOf("\n\n") + 1);
  const dollars = paragraph.replaceAll("\\$", "").split("$").length - 1;
  return dollars % 2 === 1 || /\\\[(?![\s\S]*\\\])|\\\((?![\s\S]*\\\))|\\begin\{(?![\s\S]*\\end\{)/.test(paragraph) || insideDouble(before);
}

function insideDouble(before) {
  return (before.match(/\$\$/g)?.length ?? 0) % 2 === 1 || (before.match(/^```/gm)?.length ?? 0) % 2 === 1;
}

// Commands of LaTeX for what is written here, each with its look; `|` in one is where the caret goes.
// The site's own and those that the text defines are among them.
//   commandsLike("fr", text) → [{ value: "frac{|}{}", note: "a/b" }, …], the shortest first
const MOST = 8;
const GREEK = "alpha:α beta:β gamma:γ delta:δ epsilon:ϵ varepsilon:ε zeta:ζ eta:η theta:θ vartheta:ϑ iota:ι kappa:κ lambda:λ mu:μ nu:ν xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ phi:ϕ varphi:φ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω";
const SIGNS = "partial:∂ nabla:∇ odot:⊙ otimes:⊗ oplus:⊕ cdot:· cdots:⋯ ldots:… vdots:⋮ ddots:⋱ times:× div:÷ pm:± mp:∓ approx:≈ equiv:≡ sim:∼ simeq:≃ ne:≠ neq:≠ le:≤ leq:≤ ge:≥ geq:≥ ll:≪ gg:≫ propto:∝ in:∈ notin:∉ subset:⊂ subseteq:⊆ cup:∪ cap:∩ setminus:∖ emptyset:∅ forall:∀ exists:∃ infty:∞ top:⊤ perp:⊥ mid:∣ parallel:∥ Vert:‖ ell:ℓ hbar:ℏ prime:′ circ:∘ star:⋆ ast:∗ angle:∠ langle:⟨ rangle:⟩ lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ quad:␣ qquad:␣␣";
const ARROWS = "to:→ gets:← rightarrow:→ leftarrow:← Rightarrow:⇒ Leftarrow:⇐ iff:⇔ implies:⇒ mapsto:↦ longrightarrow:⟶ longleftarrow:⟵ uparrow:↑ downarrow:↓";
const NAMES = "log:log ln:ln exp:exp sin:sin cos:cos tan:tan tanh:tanh sinh:sinh cosh:cosh max:max min:min sup:sup inf:inf lim:lim det:det dim:dim ker:ker arg:arg argmax:argmax argmin:argmin Pr:Pr";
const SHAPES = "frac{|}{}:a/b dfrac{|}{}:a/b tfrac{|}{}:a/b sqrt{|}:√ binom{|}{}:(n,k) sum_{|}^{}:∑ prod_{|}^{}:∏ int_{|}^{}:∫ hat{|}:x̂ bar{|}:x̄ tilde{|}:x̃ dot{|}:ẋ vec{|}:x⃗ overline{|}:x̄ widehat{|}:x̂ underbrace{|}_{}:⏟ overbrace{|}^{}:⏞ boxed{|}:▭ text{|}:abc mathrm{|}:abc mathbf{|}:𝐱 mathbb{|}:ℝ mathcal{|}:ℒ mathsf{|}:𝖳 boldsymbol{|}:𝜽 operatorname{|}:f left(|\\right):(·) left[|\\right]:[·] left\\{|\\right\\}:{·}";
const OURS = "grad:∇ pd{|}{}:∂f/∂x dv{|}{}:df/dx dd:d Loss:ℒ had:⊙ hadamard:⊙ T:ᵀ R:ℝ E:𝔼 norm{|}:‖·‖ abs{|}:|·| set{|}:{·} softmax:softmax sigmoid:sigmoid relu:ReLU diag:diag tr:tr rank:rank sgn:sgn Var:Var Cov:Cov";
const ENVIRONMENTS = "aligned:=⋮ align:=⋮ cases:{⋮ bmatrix:[⋮] pmatrix:(⋮) vmatrix:|⋮| gather:⋮ gathered:⋮ split:=⋮ dcases:{⋮ matrix:⋮ Bmatrix:{⋮} Vmatrix:‖⋮‖ multline:⋮ equation:=";

const environments = ENVIRONMENTS.split(" ").map(split);
const plain = [GREEK, SIGNS, ARROWS, NAMES, SHAPES, OURS].flatMap((each) => each.split(" ")).map(split);
const blocks = environments.map(({ value, note }) => ({ value: `begin{${value}}\n|\n\\end{${value}}`, note }));
export const commands = [...plain, ...blocks];

const DEFINED = /\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator\*?)\s*\{?\\([a-zA-Z]+)\}?(?:\[([1-9])\])?/g;

const definedIn = (text) => new Map([...text.matchAll(DEFINED)].map(([, name, count]) => [name, { value: name + (count ? `{|}${"{}".repeat(count - 1)}` : ""), note: "" }]));

// A command that the text defines takes the place of the site's; of several definitions the last one counts.
function knownIn(text) {
  const own = definedIn(text);
  return [...own.values(), ...commands.filter(({ value }) => !own.has(nameOf(value)))];
}

export function commandsLike(word, text = "") {
  const fitting = knownIn(text).filter(({ value }) => nameOf(value).startsWith(word) && value !== word);
  return fitting.sort((one, other) => nameOf(one.value).length - nameOf(other.value).length).slice(0, MOST);
}

export const environmentsLike = (word) => environments.filter(({ value }) => value.startsWith(word)).slice(0, MOST);

// Whether a word is a whole command, after which Enter belongs to the text. One that needs braces is none without them.
export const isWhole = (word, text = "") => /^(?:not|over|right)$/.test(word) || knownIn(text).some(({ value }) => nameOf(value) === word && value[word.length] !== "{");

function split(each) {
  const cut = each.indexOf(":");
  return { value: each.slice(0, cut), note: each.slice(cut + 1) };
}

const nameOf = (value) => /^[a-zA-Z]+/.exec(value)[0];

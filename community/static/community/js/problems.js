// What is wrong with a config: a list under the text, a wash on each line it speaks of, a number that leads there,
// and, where a word can simply be exchanged for the one that was meant, a button that does it.
export function showProblems(place, text, problems) {
  const list = place.querySelector("[data-problems]");
  if (!list) return;
  list.hidden = !problems.length;
  list.replaceChildren(...problems.map((problem) => row(problem, text)));
  markLines(place, text, new Set(problems.map((problem) => problem.line)));
}

function row(problem, text) {
  const item = document.createElement("li");
  const line = document.createElement("button");
  line.type = "button";
  line.className = "line";
  line.textContent = problem.line;
  line.addEventListener("click", () => goTo(text, problem));
  const words = document.createElement("span");
  words.textContent = problem.message;
  if (problem.path) words.prepend(part("path", `${problem.path} `));
  if (isExchange(text, problem)) words.append(" ", exchange(text, problem));
  item.append(line, words);
  return item;
}

function part(name, words) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = words;
  return element;
}

export function isExchange(text, { line, column, seen, suggestion }) {
  return seen && suggestion && text.value.startsWith(seen, position(text, line, column));
}

export function exchange(text, { line, column, seen, suggestion, label }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "suggestion";
  button.textContent = `→ ${label ?? suggestion.trim()}`;
  button.addEventListener("click", () => {
    const start = position(text, line, column);
    if (!text.value.startsWith(seen, start)) return;
    const end = start + seen.length;
    text.focus();
    text.setRangeText(suggestion.endsWith(" ") && text.value[end] === " " ? suggestion.trim() : suggestion, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return button;
}

// Columns count whole characters, the text's own places do not.
function position(text, line, column = 1) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return start + [...(lines[line - 1] ?? "")].slice(0, Math.max(column - 1, 0)).join("").length;
}

export function goTo(text, { line, column = 1 }) {
  text.focus();
  text.setSelectionRange(position(text, line, column), position(text, line, Infinity));
}

// A copy of the text lies under it, letter on letter; only the washed lines show.
function markLines(place, text, lines) {
  const under = place.querySelector("[data-marks]");
  if (!under) return;
  under.hidden = !lines.size;
  const rows = text.value.split("\n").map((words, index) => {
    const element = document.createElement(lines.has(index + 1) ? "mark" : "span");
    element.textContent = `${words}\n`;
    return element;
  });
  under.replaceChildren(...(lines.size ? rows : []));
  under.scrollTop = text.scrollTop;
  if (!under.dataset.follows) {
    under.dataset.follows = "yes";
    text.addEventListener("scroll", () => { under.scrollTop = text.scrollTop; }, { passive: true });
  }
}

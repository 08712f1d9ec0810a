// What is wrong with a config: a list under the text, a wash on each line it speaks of, a number that leads there.
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
  if (problem.suggestion) words.append(" ", part("suggestion", problem.suggestion));
  item.append(line, words);
  return item;
}

function part(name, words) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = words;
  return element;
}

export function goTo(text, { line, column = 1 }) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  text.focus();
  text.setSelectionRange(start + Math.max(column - 1, 0), start + (lines[line - 1]?.length ?? 0));
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

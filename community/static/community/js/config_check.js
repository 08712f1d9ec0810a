// A config alone: line numbers beside it, checked while typing.
//   <form data-config data-check-url="…">: [data-config-text], [data-gutter], [data-problems], [data-price]
//   POST config → {"problems": […], "notes": […], "price": "13 parameters · about 0.3 s"}, told as chainrule:checked
import { post } from "./http.js";
import { showProblems } from "./problems.js";

const LOOK_AFTER_MS = 300;

export function attach(form) {
  const text = form.querySelector("[data-config-text]");
  const gutter = form.querySelector("[data-gutter]");
  let timer = 0;
  let looking = null;
  let bad = new Set([...form.querySelectorAll("[data-problems] .line")].map((each) => Number(each.textContent)));

  const number = () => {
    if (!gutter) return;
    const count = text.value.replace(/\n$/, "").split("\n").length;
    gutter.replaceChildren(...Array.from({ length: count }, (_, index) => lineNumber(index + 1, bad.has(index + 1))));
  };
  const look = async () => {
    looking?.abort();
    looking = new AbortController();
    const { signal } = looking;
    const sent = text.value;
    const fields = { config: sent, ...(form.querySelector("[data-controls]") && { controls: "1" }) };
    const answer = await post(form.dataset.checkUrl, fields, { signal }).catch(() => null);
    if (!answer?.ok || signal.aborted) return;
    const detail = await answer.json();
    if (!signal.aborted && text.value === sent) form.dispatchEvent(new CustomEvent("chainrule:checked", { detail }));
  };
  form.addEventListener("chainrule:checked", ({ detail: { problems = [], notes = [], price = "" } }) => {
    clearTimeout(timer);
    looking?.abort();
    bad = new Set(problems.map((problem) => problem.line));
    showProblems(form, text, problems);
    number();
    const told = form.querySelector("[data-price]");
    if (told) told.textContent = price ?? "";
    showNotes(form.querySelector("[data-notes]"), notes);
  });

  const later = ({ isComposing }) => {
    number();
    clearTimeout(timer);
    if (!isComposing && form.dataset.checkUrl) timer = setTimeout(look, LOOK_AFTER_MS);
  };
  text.addEventListener("input", later);
  text.addEventListener("compositionend", () => later({ isComposing: false })); // no input follows it in some browsers
  text.addEventListener("scroll", () => { if (gutter) gutter.scrollTop = text.scrollTop; }, { passive: true });
  number();
  // The browser brought another text back, or there are problems, some of which a button can mend.
  if ((text.value !== text.defaultValue || bad.size) && form.dataset.checkUrl) look();
}

// What was read as something else: Dense as Linear.
function showNotes(list, notes) {
  if (!list) return;
  list.hidden = !notes.length;
  list.replaceChildren(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
}

function lineNumber(line, isBad) {
  const element = document.createElement("span");
  element.className = isBad ? "bad" : "";
  element.textContent = `${line}\n`;
  return element;
}

// Undo and redo of a text that is typed in and written by controls: one history for both, also where a finger has no Ctrl+Z.
//   const history = historyOf(text, { undo: button, redo: button });  history.write(start, end, words, name)
const MOST = 200;
const TOGETHER_MS = 600;

export function historyOf(text, { undo, redo }) {
  const state = { text, undo, redo, past: [], next: [], now: text.value, changedAt: 0, by: "" };
  text.addEventListener("input", (event) => {
    if (!event.isComposing) note(state, event.inputType ?? "");
  });
  text.addEventListener("compositionend", () => note(state, "insertText"));
  text.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault();
    step(state, event.inputType === "historyUndo");
  });
  text.form.addEventListener("keydown", (event) => key(state, event));
  undo.addEventListener("click", () => step(state, true));
  redo.addEventListener("click", () => step(state, false));
  return { write: (start, end, words, by) => write(state, start, end, words, by) };
}

// Typing within a moment, and one control that is dragged, are one step back.
function note(state, by) {
  if (state.text.value === state.now) return;
  const time = performance.now();
  const isSame = by !== "" && by === state.by && time - state.changedAt < TOGETHER_MS && state.past.length;
  if (!isSame) state.past.push(state.now);
  if (state.past.length > MOST) state.past.shift();
  state.next = [];
  Object.assign(state, { now: state.text.value, changedAt: time, by });
  show(state);
}

function write(state, start, end, words, by = "") {
  note(state, "");
  state.text.setRangeText(words, start, end, "preserve");
  note(state, by);
  state.text.dispatchEvent(new Event("input", { bubbles: true }));
}

// Ctrl+Z in a field of a control means the config too: the fields have no words of their own.
function key(state, event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  const letter = event.key.toLowerCase();
  if (letter !== "z" && letter !== "y") return;
  event.preventDefault();
  step(state, letter === "z" && !event.shiftKey);
}

function step(state, isBack) {
  note(state, "");
  const [from, to] = isBack ? [state.past, state.next] : [state.next, state.past];
  if (!from.length) return;
  to.push(state.now);
  const before = state.now;
  state.now = from.pop();
  state.by = "";
  const { start, end, words } = difference(before, state.now);
  state.text.dispatchEvent(new Event("chainrule:undone"));
  state.text.setRangeText(words, start, end, "end");
  state.text.dispatchEvent(new Event("input", { bubbles: true }));
  show(state);
}

function show({ undo, redo, past, next }) {
  undo.disabled = !past.length;
  redo.disabled = !next.length;
}

// The smallest span in which two texts differ.
export function difference(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { start, end: before.length - tail, words: after.slice(start, after.length - tail) };
}

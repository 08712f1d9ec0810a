// One track with two handles, for fingers and keys: the ends of the range that a curve shows. The number fields are sent.
//   [data-range="0 5000"] with two input[type=range], in a form with two input[type=number]
const STEPS = 200;
const LEAST_APART = 0.05;

export function addRange(form, where) {
  const track = form.querySelector("[data-range]");
  if (!track) return () => {};
  const [low, high] = track.dataset.range.split(" ").map(Number);
  const state = { track, where, low, high, handles: [...track.querySelectorAll("input")],
    fields: [...form.querySelectorAll("[type=number]")], most: Math.max(1, Math.min(STEPS, Math.round(high - low))) };
  for (const handle of state.handles) {
    [handle.min, handle.max] = [0, state.most];
    handle.addEventListener("input", () => move(state, handle));
  }
  const sync = () => place(state);
  sync();
  return sync;
}

function move(state, handle) {
  const { handles: [first, last], fields: [from, to], most } = state;
  const apart = Math.ceil(LEAST_APART * most);
  if (handle === first) first.value = Math.min(first.valueAsNumber, last.valueAsNumber - apart);
  else last.value = Math.max(last.valueAsNumber, first.valueAsNumber + apart);
  from.value = first.valueAsNumber > 0 ? at(state, first) : "";
  to.value = last.valueAsNumber < most ? at(state, last) : "";
  show(state);
}

function place(state) {
  const { handles, fields, low, high, most } = state;
  const ends = [fields[0].value === "" ? low : Number(fields[0].value), fields[1].value === "" ? high : Number(fields[1].value)];
  handles.forEach((handle, index) => { handle.value = Math.round(((ends[index] - low) / (high - low)) * most); });
  show(state);
}

const at = ({ low, high, most }, handle) => Math.round(low + ((high - low) * handle.valueAsNumber) / most);

function show(state) {
  const { track, handles, where, most } = state;
  for (const handle of handles) handle.setAttribute("aria-valuetext", where.replace("{number}", at(state, handle)));
  ["--from", "--to"].forEach((name, index) => track.style.setProperty(name, handles[index].valueAsNumber / most));
}

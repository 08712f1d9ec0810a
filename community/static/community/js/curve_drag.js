// A range of a curve by a mouse that is dragged over it, and all of the curve by a double click.
//   .curve-place[data-span="0 5000"] in the area, now or later
const LEAST_PX = 8;

// Calls `zoom` with the ends of a range, or with two empty texts. Returns a function: whether the last press was a drag.
export function addDrag(area, zoom) {
  const state = { from: null, dragged: false, zoom };
  area.addEventListener("pointerdown", (event) => begin(state, event));
  area.addEventListener("pointermove", (event) => drag(state, event));
  area.addEventListener("pointerup", (event) => end(state, event));
  area.addEventListener("dblclick", (event) => { if (event.target.closest(".curve-place")) zoom("", ""); });
  return () => state.dragged;
}

function share(of, event) {
  const lines = of.querySelector("svg.lines").getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - lines.left) / lines.width));
}

function begin(state, event) {
  const of = event.target.closest(".curve-place[data-span]");
  state.from = null;
  if (!of || event.pointerType !== "mouse" || event.button !== 0) return;
  state.from = { of, x: event.clientX, share: share(of, event), mark: null };
}

function drag({ from }, event) {
  if (!from || Math.abs(event.clientX - from.x) < LEAST_PX) return;
  event.preventDefault();
  from.mark ??= from.of.appendChild(Object.assign(document.createElement("div"), { className: "curve-range-mark" }));
  const left = from.of.getBoundingClientRect().left;
  from.mark.style.insetInlineStart = `${Math.min(from.x, event.clientX) - left}px`;
  from.mark.style.inlineSize = `${Math.abs(event.clientX - from.x)}px`;
}

function end(state, event) {
  const { from } = state;
  state.from = null;
  state.dragged = Boolean(from?.mark);
  if (!from?.mark) return;
  from.mark.remove();
  const [low, high] = from.of.dataset.span.split(" ").map(Number);
  const ends = [from.share, share(from.of, event)].sort((a, b) => a - b).map((each) => Math.max(0, Math.round(low + each * (high - low))));
  if (ends[1] > ends[0]) state.zoom(...ends);
}

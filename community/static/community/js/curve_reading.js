// Exact values along a curve, the nearest recorded point's median and quartiles: where a mouse points, where a finger
// taps or slides, or step by step with the arrow keys, Home and End while the curve has the focus.
//   .curve-place[data-readings="[[share of the way, epoch, median, low, high], …]"][data-where][data-median][data-label]
//   With data-names="[…]" a reading has a value of each line instead of median and quartiles.
import { bubble } from "./bubble.js";

export function attach(place) {
  const readings = JSON.parse(place.dataset.readings || "[]");
  if (readings.length < 2) return;
  const state = { place, readings, at: readings.length - 1, said: bubble(place, "curve-guide") };
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", place.dataset.label);
  place.addEventListener("pointerdown", (event) => point(state, event));
  place.addEventListener("pointermove", (event) => point(state, event));
  place.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(state); });
  place.addEventListener("focus", () => { if (place.matches(":focus-visible")) show(state); });
  place.addEventListener("blur", () => leave(state));
  place.addEventListener("keydown", (event) => step(state, event));
}

const leave = (state) => state.said.hide();

function point(state, event) {
  const lines = state.place.querySelector("svg.lines")?.getBoundingClientRect();
  const share = lines ? (event.clientX - lines.left) / lines.width : -1;
  if (share < -0.02 || share > 1.02) { leave(state); return; }
  state.at = nearest(state.readings, share);
  show(state);
}

function step(state, event) {
  const last = state.readings.length - 1;
  const page = Math.max(1, Math.round(last / 10));
  const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: -page, PageUp: page, Home: -last, End: last };
  if (event.key === "Escape") leave(state);
  if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  state.at = Math.min(last, Math.max(0, state.at + moves[event.key]));
  show(state);
}

function show(state) {
  const { place, readings } = state;
  const lines = place.querySelector("svg.lines")?.getBoundingClientRect();
  if (!lines) return;
  const reading = readings[state.at];
  state.said.show(lines.left - place.getBoundingClientRect().left + reading[0] * lines.width, words(reading, place.dataset));
}

function nearest(readings, share) {
  let low = 0;
  let high = readings.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (readings[middle][0] < share) low = middle;
    else high = middle;
  }
  return share - readings[low][0] < readings[high][0] - share ? low : high;
}

function words([, where, ...values], { where: place, median: name, names }) {
  const at = place.replace("{number}", where);
  if (names) return [[at, ...JSON.parse(names).map((line, index) => `${line} ${values[index] ?? "–"}`)].join(" · ")];
  const [median, low, high] = values;
  const value = Object.assign(document.createElement("b"), { textContent: median });
  const spread = low === undefined || low === high ? "" : ` (${low} – ${high})`;
  return [`${at} · ${low === undefined ? "" : `${name} `}`, value, spread];
}

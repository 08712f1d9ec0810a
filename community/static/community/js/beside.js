// Parts of a run's page that show the epoch, the seed and the range of the address as its curve does: each is fetched when these
// change, a folded one when it is opened. Their charts choose the range in the ways of the curve.
//   [data-beside="address"][id], which the answer has too; with [data-rates] it has a range of its own
//   form[data-range-of] in it: the same by its fields
import { addDrag } from "./curve_drag.js";
import { addPinch } from "./curve_pinch.js";
import { addRange } from "./curve_range.js";
import { announceSwap } from "./fragments.js";

const AFTER_MS = 200; // a handle that is moved by keys tells each step

export function attach(part) {
  const state = { part, fold: part.closest("details"), shown: location.search };
  const zoom = (from, to) => choose(part, from, to);
  document.addEventListener("chainrule:seen", () => follow(state));
  state.fold?.addEventListener("toggle", () => follow(state));
  addDrag(part, zoom);
  addPinch(part, null, zoom);
  for (const name of ["submit", "change"]) part.addEventListener(name, (event) => {
    const form = event.target.closest("form[data-range-of]");
    if (!form) return;
    event.preventDefault();
    clearTimeout(state.timer);
    state.timer = setTimeout(() => zoom(...[...form.querySelectorAll("[type=number]")].map(({ value }) => value)), AFTER_MS);
  });
  handles(part);
}

function handles(part) {
  const form = part.querySelector("form[data-range-of]");
  if (form) addRange(form, part.querySelector(".curve-place")?.dataset.where ?? "{number}");
}

// The range of the curve is that of all charts over the training; the rate finder's is in the address alone.
function choose(part, ...ends) {
  if (!("rates" in part.dataset)) { document.dispatchEvent(new CustomEvent("chainrule:range", { detail: [...ends, `#${part.id}`] })); return; }
  const query = new URLSearchParams(location.search);
  ["rate_from", "rate_to"].forEach((name, index) => (ends[index] === "" ? query.delete(name) : query.set(name, ends[index])));
  history.replaceState(history.state, "", `?${query}${location.hash}`);
  document.dispatchEvent(new CustomEvent("chainrule:seen"));
}

async function follow(state) {
  const { part, fold } = state;
  const wanted = location.search;
  if (wanted === state.shown || (fold && !fold.open)) return;
  state.asking?.abort();
  state.asking = new AbortController();
  const { signal } = state.asking;
  const html = await fetch(part.dataset.beside + wanted, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" }, signal })
    .then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(part.id);
  if (signal.aborted || !fresh) return;
  state.shown = wanted;
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  part.replaceChildren(...fresh.childNodes);
  part.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
  handles(part);
  announceSwap(part);
}

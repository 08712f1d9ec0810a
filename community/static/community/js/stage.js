// The pictures of a run, asked for when it has ended: the network with each unit's map, and its answer over the data, with
// the slider of snapshots.js, whose epoch is marked in the curve of the card. The focus and the place on the page stay.
//   [data-playground] [data-stage][data-runs-url]; .run-card[data-run][data-state] in [data-result]
//   [data-of-run][data-of-readings][data-of-span]…: what the curve of the card is read by, as curve_reading.js and moment.js take it
import { announceSwap, parsed } from "./fragments.js";
import { mark } from "./moment.js";

const SHOWN = new Set(["succeeded", "diverged"]);

export function attach(stage) {
  const place = stage.closest("[data-playground]");
  const state = { stage, place, shown: stage.querySelector(".run-stage") ? card(place)?.dataset.run : "" };
  place.addEventListener("chainrule:swapped", (event) => { if (!stage.contains(event.target)) look(state); });
  document.addEventListener("chainrule:moment", ({ detail }) => {
    const curve = place.querySelector("[data-result] .curve-place[data-span]");
    if (curve) mark(curve, detail.epoch);
  });
  read(state);
}

const card = (place) => place.querySelector("[data-result] .run-card");

async function look(state) {
  const { run, state: how } = card(state.place)?.dataset ?? {};
  if (run === state.shown) read(state);
  if (!run || run === state.shown || !SHOWN.has(how)) return;
  state.shown = run;
  const answer = await fetch(`${state.stage.dataset.runsUrl}${run}/stage/`, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (state.shown !== run) return;
  if (!answer?.ok) { state.shown = ""; return; }
  state.stage.replaceChildren(...(await parsed(answer)).childNodes);
  announceSwap(state.stage);
  read(state);
}

// The card came without what only this page reads.
function read({ stage, place }) {
  const known = stage.querySelector("[data-of-run]");
  const curve = card(place)?.querySelector(".curve-place");
  if (!curve || curve.dataset.readings || known?.dataset.ofRun !== card(place).dataset.run) return;
  for (const [name, value] of Object.entries(known.dataset)) curve.dataset[name[2].toLowerCase() + name.slice(3)] = value;
  announceSwap(curve);
}

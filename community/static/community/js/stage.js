// The pictures of a run, asked for when it has ended: the network with each unit's map, and its answer over the data, with
// the slider of snapshots.js. The focus and the place on the page stay.
//   [data-playground] [data-stage][data-runs-url]; .run-card[data-run][data-state] in [data-result]
import { announceSwap, parsed } from "./fragments.js";

const SHOWN = new Set(["succeeded", "diverged"]);

export function attach(stage) {
  const place = stage.closest("[data-playground]");
  const state = { stage, place, shown: stage.querySelector(".run-stage") ? card(place)?.dataset.run : "" };
  place.addEventListener("chainrule:swapped", (event) => { if (!stage.contains(event.target)) look(state); });
}

const card = (place) => place.querySelector("[data-result] .run-card");

async function look(state) {
  const { run, state: how } = card(state.place)?.dataset ?? {};
  if (!run || run === state.shown || !SHOWN.has(how)) return;
  state.shown = run;
  const answer = await fetch(`${state.stage.dataset.runsUrl}${run}/stage/`, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (state.shown !== run) return;
  if (!answer?.ok) { state.shown = ""; return; }
  state.stage.replaceChildren(...(await parsed(answer)).childNodes);
  announceSwap(state.stage);
}

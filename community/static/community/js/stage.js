// The pictures of a run, asked for when it has its first state and when it has ended: the network with each unit's map,
// and its answer over the data, with the slider of snapshots.js, which also follows the training, and whose epoch is marked
// in the curve of the card. The focus, the seed, a paused epoch and the place on the page stay. Before a run, and as soon
// as the config is another one, the network is there as it will start. Nothing of an earlier run stays when another begins.
//   [data-before]: it; the check of a config brings it as {"before": html}; [data-is-stale] if the text is none any more
//   [data-playground] [data-stage][data-runs-url]; .run-card[data-run][data-state][data-grows] in [data-result]
//   [data-of-run][data-of-readings][data-of-span]…: what the curve of the card is read by, as curve_reading.js and moment.js take it
import { announceSwap, parsed } from "./fragments.js";
import { mark } from "./moment.js";

const SHOWN = new Set(["succeeded", "diverged"]);
const NONE = 404;  // a network that has no pictures
const STALE_MS = 1_500;  // without an answer of the check
const CONTROLS = ["[data-play]", "[data-step]", "[type='range']", "[name='seed']"];

export function attach(stage) {
  const place = stage.closest("[data-playground]");
  const { run, state: how } = card(place)?.dataset ?? {};
  const state = { stage, place, run, shown: stage.querySelector(".run-stage") ? (SHOWN.has(how) ? run : `${run} ${how}`) : "" };
  place.addEventListener("chainrule:swapped", (event) => { if (!stage.contains(event.target)) look(state); });
  document.addEventListener("chainrule:moment", ({ detail }) => {
    const curve = place.querySelector("[data-result] .curve-place[data-span]");
    if (curve) mark(curve, detail.epoch);
  });
  place.querySelector("form").addEventListener("chainrule:checked", ({ detail }) => begin(state, detail.before));
  place.querySelector("[data-config-text]").addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => begin(state), STALE_MS);
  });
  read(state);
}

// While a text is no config, the last network stays, as that of another one.
function begin(state, html) {
  clearTimeout(state.timer);
  const start = state.place.querySelector("[data-before]");
  start.toggleAttribute("data-is-stale", !html);
  if (html) start.innerHTML = html;
  choose(state);
  if (html) announceSwap(start);
}

function choose({ place, stage }) {
  const isOther = place.querySelector("[data-result]").hasAttribute("data-is-other");
  const start = place.querySelector("[data-before]");
  start.hidden = !start.firstElementChild || !(isOther || !stage.querySelector(".run-stage"));
}

const card = (place) => place.querySelector("[data-result] .run-card");

function clear(state, run) {
  state.stage.replaceChildren();
  Object.assign(state, { run, shown: "" });
  choose(state);
}

async function look(state) {
  const { run, state: how, grows } = card(state.place)?.dataset ?? {};
  if (run !== state.run) clear(state, run);
  const hasEnded = SHOWN.has(how);
  const wanted = hasEnded ? run : `${run} ${how}`;
  if (wanted === state.shown) read(state);
  if (!run || wanted === state.shown || !(hasEnded || grows !== undefined)) return;
  state.shown = wanted;
  const answer = await fetch(`${state.stage.dataset.runsUrl}${run}/stage/${seen(state.stage)}`, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (state.shown !== wanted) return;
  if (!answer?.ok) {
    if (answer?.status !== NONE) state.shown = "";
    return;
  }
  const fresh = (await parsed(answer)).childNodes;
  const focused = CONTROLS.find((each) => state.stage.querySelector(each) === document.activeElement);
  const hides = state.stage.querySelector("[data-held-out]:not(:checked)");
  state.stage.replaceChildren(...fresh);
  if (hides) state.stage.querySelectorAll("[data-held-out]").forEach((each) => { each.checked = false; });
  choose(state);
  announceSwap(state.stage);
  if (focused) state.stage.querySelector(focused)?.focus({ preventScroll: true });
  read(state);
}

// The seed that was followed, and the epoch at which it was paused.
function seen(stage) {
  const form = stage.querySelector("form[data-grows]");
  if (!form) return "";
  const query = new URLSearchParams(new FormData(form));
  if (form.querySelector("[data-play][aria-pressed='true']")) query.delete("epoch");
  return `?${query}`;
}

// The card came without what only this page reads.
function read({ stage, place }) {
  const known = stage.querySelector("[data-of-run]");
  const curve = card(place)?.querySelector(".curve-place");
  if (!curve || curve.dataset.readings || known?.dataset.ofRun !== card(place).dataset.run) return;
  for (const [name, value] of Object.entries(known.dataset)) curve.dataset[name[2].toLowerCase() + name.slice(3)] = value;
  announceSwap(curve);
}

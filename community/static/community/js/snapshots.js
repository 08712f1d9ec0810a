// One slider for the recorded epochs and one choice of the seed: the pictures that the server draws of a state replace the
// last ones. What was seen once is kept, and when the slider is taken, the rest of the seed's pictures are asked for.
//   form[data-snapshots="id of the place"][data-url]: select[name=epoch], select[name=seed], [data-plain], [data-slider];
//   of a sweep select[name=setting], and in the pictures [data-options=epoch] and [data-options=seed], templates of those of a setting
// While the run trains ([data-grows]), each change of its card brings the newest state, until somebody pauses or takes
// the slider; the pictures then have [data-options=epoch], a template of the epochs that there are by now, and nothing is kept.
// Tells `chainrule:moment` with {epoch, seed, setting} on the document.
import { announceSwap } from "./fragments.js";

const WAIT_MS = 60;
const PLAY_MS = 450;

export function attach(form) {
  const place = document.getElementById(form.dataset.snapshots);
  const { epoch, seed, setting } = form.elements;
  const slider = form.querySelector("[data-slider]");
  const state = { form, place, epoch, seed, setting, range: slider.querySelector("input"), play: slider.querySelector("[data-play]"),
    known: new Map(), wanted: "", timer: 0, grows: "grows" in form.dataset, follows: false };
  for (const plain of form.querySelectorAll("[data-plain]")) {
    plain.hidden = true;
    plain.disabled = plain.type === "hidden";  // the curve beside the pictures keeps these
  }
  state.range.addEventListener("input", () => { epoch.selectedIndex = state.range.valueAsNumber; stop(state); later(state); });
  if (!state.grows) for (const event of ["pointerdown", "focus"]) state.range.addEventListener(event, () => fetchAll(state), { once: true });
  form.addEventListener("change", () => { if (!state.play.timer) later(state); });
  form.addEventListener("submit", (event) => { event.preventDefault(); later(state); });
  state.play.addEventListener("click", () => (state.play.timer || state.follows ? stop(state) : play(state)));
  slider.querySelector("[data-step]").addEventListener("click", () => next(state));
  document.addEventListener("chainrule:seed", (event) => pick(state, event.detail));
  state.range.value = epoch.selectedIndex;
  if ([epoch, seed].some(isRestored)) later(state);
  else name(state);
  if (state.grows) follow(state);
}

// From the slider's place at the end on; in the middle, somebody has chosen it.
function follow(state) {
  const hear = ({ target }) => {
    if (!state.form.isConnected) document.removeEventListener("chainrule:swapped", hear);
    else if (state.follows && target.matches?.(".run-card[data-state='running']")) grow(state);
  };
  document.addEventListener("chainrule:swapped", hear);
  if (state.epoch.selectedIndex === state.epoch.length - 1) play(state);
}

// The newest state, unless it is asked for already.
function grow(state) {
  const query = new URLSearchParams(new FormData(state.form));
  query.delete("epoch");
  const url = `${state.form.dataset.url}?${query}`;
  if (state.known.has(url)) state.wanted = url;
  else show(state, url);
}

// The next recorded epoch; of a run that trains, after the last one that is known, what there is by now.
function next(state) {
  stop(state);
  if (state.grows && state.epoch.selectedIndex === state.epoch.length - 1) { grow(state); return; }
  forward(state);
  later(state);
}

// A browser that reloads the page or goes back to it chooses again what was chosen, beside the pictures of the address.
function isRestored(select) {
  const options = [...(select?.options ?? [])];
  return options.some((each) => each.defaultSelected) && !options[select.selectedIndex].defaultSelected;
}

const address = ({ form, epoch }, value = epoch.value) => {
  const query = new URLSearchParams(new FormData(form));
  query.set("epoch", value);
  return `${form.dataset.url}?${query}`;
};

function name({ range, epoch }) {
  range.setAttribute("aria-valuetext", epoch.selectedOptions[0].textContent.trim());
}

function later(state) {
  name(state);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => show(state), state.known.has(address(state)) ? 0 : WAIT_MS);
}

async function pictures({ known, grows }, url) {
  if (!known.has(url)) {
    const answer = fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    known.set(url, answer.then((got) => (got.ok ? got.text() : "")).catch(() => ""));
  }
  const html = await known.get(url);
  if (!html || grows) known.delete(url);
  return html;
}

async function show(state, url = address(state)) {
  state.wanted = url;
  const html = await pictures(state, url);
  if (state.wanted !== url || !state.form.isConnected) return;
  if (html) put(state, html);
  else if (!state.grows) {
    for (const plain of state.form.querySelectorAll("[data-plain]")) plain.disabled = false;
    state.form.submit();
  }
}

// With the pictures come the epochs that there are by now, or the epochs and seeds of a setting, and which are shown.
function put({ form, place, epoch, seed, setting, range }, html) {
  const open = [...place.querySelectorAll("details")].map((each) => each.open);
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  place.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
  for (const { dataset, content } of place.querySelectorAll("[data-options]")) form[dataset.options]?.replaceChildren(...content.children);
  range.max = epoch.length - 1;
  range.value = epoch.selectedIndex;
  name({ range, epoch });
  announceSwap(place);
  const detail = { epoch: +epoch.value, seed: seed ? +seed.value : null, setting: setting?.value };
  document.dispatchEvent(new CustomEvent("chainrule:moment", { detail }));
}

async function fetchAll(state) {
  for (const { value } of [...state.epoch.options]) await pictures(state, address(state, value));
}

function play(state) {
  const { epoch, play: button } = state;
  button.setAttribute("aria-pressed", "true");
  if (state.grows) { setFollows(state, true); grow(state); return; }
  const step = async () => {
    forward(state);
    await show(state);
    if (!button.timer) return;
    if (epoch.selectedIndex === epoch.length - 1) stop(state);
    else button.timer = setTimeout(step, PLAY_MS);
  };
  button.timer = setTimeout(step, 0);
}

// To the next recorded epoch, from the last to the first.
function forward(state) {
  const { epoch, range } = state;
  epoch.selectedIndex = (epoch.selectedIndex + 1) % epoch.length;
  range.value = epoch.selectedIndex;
  name(state);
}

function stop(state) {
  const { play: button } = state;
  if (state.grows) setFollows(state, false);
  clearTimeout(button.timer);
  button.timer = 0;
  button.setAttribute("aria-pressed", "false");
}

// What is under way is not wanted once it is paused. A reload keeps the epoch of a pause, not the newest one.
function setFollows(state, follows) {
  Object.assign(state, { follows, wanted: "" });
  state.form.autocomplete = follows ? "off" : "on";
}

function pick(state, seed) {
  if (!state.seed || ![...state.seed.options].some((each) => Number(each.value) === seed)) return;
  state.seed.value = seed;
  later(state);
}

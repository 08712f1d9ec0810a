// One slider for the recorded epochs and one choice of the seed: the pictures that the server draws of a state replace the
// last ones. What was seen once is kept, and when the slider is taken, the rest of the seed's pictures are asked for.
//   form[data-snapshots="id of the place"][data-url]: select[name=epoch], select[name=seed], [data-plain], [data-slider]
// Tells `chainrule:moment` with {epoch, seed} on the document.
const WAIT_MS = 60;
const PLAY_MS = 450;

export function attach(form) {
  const place = document.getElementById(form.dataset.snapshots);
  const { epoch, seed } = form.elements;
  const slider = form.querySelector("[data-slider]");
  const state = { form, place, epoch, seed, range: slider.querySelector("input"), play: slider.querySelector("[data-play]"),
    known: new Map(), wanted: "", timer: 0 };
  for (const plain of form.querySelectorAll("[data-plain]")) plain.hidden = true;
  state.range.addEventListener("input", () => { epoch.selectedIndex = state.range.valueAsNumber; stop(state); later(state); });
  for (const event of ["pointerdown", "focus"]) state.range.addEventListener(event, () => fetchAll(state), { once: true });
  form.addEventListener("change", () => { if (!state.play.timer) later(state); });
  form.addEventListener("submit", (event) => { event.preventDefault(); later(state); });
  state.play.addEventListener("click", () => (state.play.timer ? stop(state) : play(state)));
  slider.querySelector("[data-step]").addEventListener("click", () => { stop(state); forward(state); later(state); });
  document.addEventListener("chainrule:seed", (event) => pick(state, event.detail));
  state.range.value = epoch.selectedIndex;
  if ([epoch, seed].some(isRestored)) later(state);
  else name(state);
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

async function pictures({ known }, url) {
  if (!known.has(url)) {
    const answer = fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    known.set(url, answer.then((got) => (got.ok ? got.text() : "")).catch(() => ""));
  }
  const html = await known.get(url);
  if (!html) known.delete(url);
  return html;
}

async function show(state) {
  const url = address(state);
  state.wanted = url;
  const html = await pictures(state, url);
  if (state.wanted !== url) return;
  if (!html) { state.form.submit(); return; }
  const open = [...state.place.querySelectorAll("details")].map((each) => each.open);
  state.place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  state.place.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
  state.place.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
  const detail = { epoch: Number(state.epoch.value), seed: state.seed ? Number(state.seed.value) : null };
  document.dispatchEvent(new CustomEvent("chainrule:moment", { detail }));
}

async function fetchAll(state) {
  for (const { value } of [...state.epoch.options]) await pictures(state, address(state, value));
}

function play(state) {
  const { epoch, play: button } = state;
  button.setAttribute("aria-pressed", "true");
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

function stop({ play: button }) {
  clearTimeout(button.timer);
  button.timer = 0;
  button.setAttribute("aria-pressed", "false");
}

function pick(state, seed) {
  if (!state.seed || ![...state.seed.options].some((each) => Number(each.value) === seed)) return;
  state.seed.value = seed;
  later(state);
}

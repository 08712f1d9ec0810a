// The curve's controls: each change is drawn by the server without leaving the page. A mouse drags a range, two fingers
// stretch it, a double click shows all of it again. A click on a seed's line picks that seed. Hears `chainrule:range` with the
// ends of a range and a place, and tells `chainrule:seen` once the address says what is seen.
//   form[data-curves][data-url] in the section with .curve-place and [data-curve-told][data-failed]
//   #…[data-follows]: what else tells the range
//   a[data-sets="name,…"] in the section: a link to what is seen, but for these names, which it has itself or leaves out
import { addDrag } from "./curve_drag.js";
import { addPinch } from "./curve_pinch.js";
import { addRange } from "./curve_range.js";
import { mark } from "./moment.js";
import { replace } from "./swap.js";

const AFTER_MS = 200;  // a handle that is moved by keys tells each step
const REACH = [0, -3, 3, -6, 6];

export function attach(form) {
  const section = form.closest("section");
  const state = { form, section };
  state.sync = addRange(form, section.querySelector(".curve-place").dataset.where);
  form.addEventListener("change", (event) => {
    if (event.target.type !== "range") state.sync();
    clearTimeout(state.timer);
    state.timer = setTimeout(() => draw(state), AFTER_MS);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); draw(state); });
  state.dragged = addDrag(section, (from, to) => zoom(state, from, to));
  section.addEventListener("pointermove", (event) => { if (!event.buttons) name(state, event); });
  addPinch(section, form.querySelector("[data-range]").dataset.range.split(" ").map(Number), (from, to) => zoom(state, from, to));
  section.addEventListener("click", (event) => pick(state, event));
  document.addEventListener("chainrule:range", ({ detail }) => zoom(state, ...detail));
  document.addEventListener("chainrule:moment", (event) => follow(state, event.detail));
}

// The newest question is the one that counts. If it is not answered, the curve stays as it is.
async function draw(state, hash = "#curves") {
  const { form, section } = state;
  clearTimeout(state.timer);
  state.asking?.abort();
  state.asking = new AbortController();
  const { signal } = state.asking;
  const html = await fetch(`${form.dataset.url}?${fields(form)}`, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" }, signal })
    .then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
  if (signal.aborted) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector(".curve-place");
  const told = section.querySelector("[data-curve-told]");
  told.textContent = fresh ? page.querySelector("[data-curve-told]").textContent : told.dataset.failed;
  if (!fresh) return;
  replace(section.querySelector(".curve-place"), fresh);
  for (const part of page.querySelectorAll("[data-follows]")) replace(document.getElementById(part.id), part);
  tell(state, hash);
  const seed = form.elements.seed?.value;
  if (seed) document.dispatchEvent(new CustomEvent("chainrule:seed", { detail: Number(seed) }));
}

const fields = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));

// What is seen, the range of the rate finder, and the worked step that the address names, unless that is of another seed.
function seen(form) {
  const [query, now] = [fields(form), new URLSearchParams(location.search)];
  for (const name of ["rate_from", "rate_to"]) if (now.has(name)) query.set(name, now.get(name));
  if (!now.has("step") || ![null, now.get("seed")].includes(query.get("seed"))) return query;
  for (const name of ["sample", "step", "seed"]) if (now.has(name)) query.set(name, now.get(name));
  return query;
}

// Into the address and all links that lead back to it.
function tell({ form, section }, hash = location.hash) {
  const query = seen(form);
  history.replaceState(history.state, "", `?${query}${hash}`);
  for (const link of document.querySelectorAll("[data-curve-file]")) link.search = fields(form);
  for (const link of section.querySelectorAll("[data-sets]")) link.search = merged(query, link);
  document.dispatchEvent(new CustomEvent("chainrule:seen"));
}

// The query, but for the names that a link sets or leaves out.
function merged(query, link) {
  const [made, own] = [new URLSearchParams(query), new URLSearchParams(link.search)];
  for (const name of link.dataset.sets.split(",")) {
    made.delete(name);
    for (const value of own.getAll(name)) made.append(name, value);
  }
  return made;
}

function zoom(state, from, to, hash) {
  [state.form.elements.from.value, state.form.elements.to.value] = [from, to];
  state.sync();
  return draw(state, hash);
}

const place = (event) => event.target.closest(".curve-place");

// The seed's line under the mouse, or the nearest one above or below.
function lineAt(event) {
  const at = (off) => document.elementsFromPoint(event.clientX, event.clientY + off).find((each) => each.matches("path[data-seed]"));
  return REACH.map(at).find(Boolean);
}

function name({ form }, event) {
  const of = place(event);
  if (!of || event.pointerType !== "mouse" || !form.elements.seed) return;
  const line = lineAt(event);
  of.title = line ? of.dataset.seed.replace("{number}", line.dataset.seed) : "";
}

// A finger reads; a mouse picks the seed whose line it is on, or lets it go.
function pick(state, event) {
  const select = state.form.elements.seed;
  if (!select || state.dragged() || !place(event) || event.pointerType === "touch") return;
  const line = lineAt(event);
  if (!line) return;
  select.value = select.value === line.dataset.seed ? "" : line.dataset.seed;
  draw(state);
}

// The line of the seed and the epoch that the pictures show. The address waits for a pause: browsers refuse one that changes
// often.
function follow(state, { epoch, seed, setting }) {
  const { form, section } = state;
  mark(section.querySelector(".curve-place"), epoch);
  form.elements.epoch.value = epoch;
  if (setting) form.elements.setting.value = setting;
  clearTimeout(state.telling);
  state.telling = setTimeout(() => tell(state), AFTER_MS);
  const field = form.elements.seed;
  if (!field || seed === null || (field.value !== "" && Number(field.value) === seed)) return;
  field.value = seed;
  if (field.type !== "hidden") draw(state);
}

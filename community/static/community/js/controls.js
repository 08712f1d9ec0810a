// Controls of a config. A control whose value is written in the text replaces it there at once; any other change is made
// by the server, which knows the language. Every check of the text brings the controls back as the server draws them.
//   form[data-config][data-edit-url]: [data-controls][data-places], [data-config-text], [data-undo], [data-redo]
//   [data-control="optimizer.lr"]: a field; [data-act="layers.0.remove"][data-value]: a button
//   POST config, controls, set.NAME → {"text", "message", "said", "left": {NAME: value}, "controls": html, "places": {NAME: [start, end]}, …}
import { post } from "./http.js";
import { attachDrag } from "./layer_drag.js";
import { say, tell } from "./said.js";
import { addSliders, syncSlider } from "./sliders.js";
import { difference, historyOf } from "./text_history.js";

const TRIES = 3;
const MOVED = /^layers\.(\d+)\.(left|right)$/;
const BY_SERVER = /^(dataset\.name|features\.|loss\.|optimizer\.type|sweep|layers\.add|layers\.move|layers\.\d+\.(left|right|remove|type|shape|from)|seeds\.new)/;

export function attach(panel) {
  const form = panel.closest("form");
  const text = form.querySelector("[data-config-text]");
  const history = historyOf(text, { undo: form.querySelector("[data-undo]"), redo: form.querySelector("[data-redo]") });
  const state = { panel, form, text, history, places: JSON.parse(panel.dataset.places || "{}"), known: text.value, waiting: new Map(), sent: new Map(), isSending: false, typed: null, isUndone: false };
  form.addEventListener("input", (event) => changed(state, event, false));
  form.addEventListener("change", (event) => changed(state, event, true));
  form.addEventListener("click", (event) => pressed(state, event));
  text.addEventListener("chainrule:undone", () => { state.waiting.clear(); state.sent = new Map(); state.typed = null; state.isUndone = true; });
  form.addEventListener("chainrule:checked", ({ detail }) => follow(state, detail));
  enhance(state);
  if (text.value === text.defaultValue) panel.querySelectorAll("[data-control]").forEach((field) => { if (wasSet(field)) changed(state, { target: field }, true); });
}

// Somebody was quicker than this script. A text that differs too was brought back by the browser, with its fields.
function wasSet({ type, checked, defaultChecked, options, value, defaultValue }) {
  if (type === "checkbox") return checked !== defaultChecked;
  if (type === "radio") return checked && !defaultChecked;
  if (options) return !([...options].find((each) => each.defaultSelected) ?? options[0]).selected;
  return value !== "" && value !== defaultValue;
}

function enhance(state) {
  addSliders(state.panel);
  attachDrag(state.panel, state.text, (from, to) => { if (!state.isSending) act(state, "layers.move", `${from}:${to}`); });
}

function changed(state, { target }, isDone) {
  const name = target.dataset?.control;
  if (!name) return;
  state.typed = isDone ? null : target;
  if (target.type === "number") syncSlider(target);
  const value = target.type === "checkbox" && !target.checked ? "" : target.value;
  if (target.type === "number" && (value === "" || !Number.isFinite(Number(value)))) { if (isDone) target.reportValidity(); return; }
  const isLocal = !BY_SERVER.test(name) && !(name.endsWith(".activation") && (value === "identity" || value === "step"));
  if (isLocal && here(state, name, value)) {
    if (isDone && name === "training.epochs") ask(state, name, value); // recorded epochs may lie beyond the new end
  } else if (isDone || target.type === "checkbox" || target.type === "radio") ask(state, name, value);
}

// Replace a value where it is written; false if it is not, or if the text has changed since the places were counted.
function here(state, name, value) {
  const place = state.places[name];
  if (!place || state.text.value !== state.known) return false;
  const [start, end] = place;
  const by = value.length - (end - start);
  for (const [other, [from, to]] of Object.entries(state.places)) if (from >= end) state.places[other] = [from + by, to + by];
  state.places[name] = [start, start + value.length];
  if (state.known.slice(start, end) === value) return true;
  state.known = state.known.slice(0, start) + value + state.known.slice(end);
  state.history.write(start, end, value, name);
  return true;
}

function pressed(state, event) {
  if (event.detail && event.target.matches("[popover][data-keep] input")) event.target.closest("[popover]").hidePopover();
  const step = event.target.closest("[data-step]");
  if (step) {
    const field = step.parentElement.querySelector("input[data-control]");
    if (!field.readOnly) {
      const { step: by, least = -Infinity, most = Infinity } = step.dataset;
      const next = Number((Number(field.value) + Number(by)).toPrecision(6));
      field.value = Math.min(Number(most), Math.max(Number(least), next));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return;
  }
  const button = event.target.closest("[data-act]");
  if (!button) return;
  event.preventDefault();
  act(state, button.dataset.act, button.dataset.value ?? "");
}

// A field may be another layer's when they have moved.
function act(state, name, value) {
  state.typed = null;
  ask(state, name, value);
}

// A field says the same by two events, input and change.
function ask(state, name, value) {
  if (state.isSending && state.sent.get(name) === value && !state.waiting.size) return;
  state.waiting.set(name, value);
  if (!state.isSending) send(state);
}

// One request at a time; what was typed meanwhile is kept, and the change is made in the new text.
async function send(state) {
  state.isSending = true;
  let told = "";
  for (let tries = 0; state.waiting.size && tries < TRIES; tries += 1) {
    const sent = state.text.value;
    const changes = new Map(state.waiting);
    state.sent = changes;
    state.waiting.clear();
    const fields = { config: sent, controls: "1", ...Object.fromEntries([...changes].map(([name, value]) => [`set.${name}`, value])) };
    const answer = await post(state.form.dataset.editUrl, fields).catch(() => null);
    if (!answer?.ok) { await refused(state, changes, answer); break; }
    const made = await answer.json();
    if (state.sent !== changes) continue; // undone meanwhile
    if (state.text.value === sent) {
      const held = document.activeElement?.dataset.act;
      told ||= made.message;
      apply(state, { ...made, message: told });
      if (made.said) say(state.form, made.said);
      if (changes.has(held)) focusMoved(state.panel, held);
      const left = Object.entries(made.left ?? {});
      if (left.length) tries = 0; // each answer makes some of them
      for (const [name, value] of left) if (!state.waiting.has(name)) state.waiting.set(name, value);
    }
    else for (const [name, value] of changes) if (!state.waiting.has(name)) state.waiting.set(name, value);
  }
  state.isSending = false;
}

// What could not be sent, or was too much for now, is said and goes with the next change; what is wrong would be refused again.
async function refused({ form, panel, waiting }, changes, answer) {
  const body = await answer?.json().catch(() => null);
  tell(form, body?.error?.message ?? panel.dataset.unsent);
  if (!answer || answer.status === 429 || answer.status >= 500) for (const [name, value] of changes) if (!waiting.has(name)) waiting.set(name, value);
}

// The focus goes with a layer that its arrow has moved; at an end of the row to the other arrow.
function focusMoved(panel, act) {
  const [, at, to] = MOVED.exec(act) ?? [];
  if (!to) return;
  const place = Number(at) + (to === "left" ? -1 : 1);
  const arrow = (way) => panel.querySelector(`[data-act='layers.${place}.${way}']`);
  (arrow(to) ?? arrow(to === "left" ? "right" : "left"))?.focus({ preventScroll: true });
}

function apply(state, made) {
  if (made.text !== state.text.value) {
    const { start, end, words } = difference(state.text.value, made.text);
    state.history.write(start, end, words);
  }
  tell(state.form, made.message);
  state.form.dispatchEvent(new CustomEvent("chainrule:checked", { detail: made }));
}

function follow(state, { text, controls, places }) {
  state.panel.toggleAttribute("inert", controls === null);
  const told = state.form.querySelector("[data-said]");
  const { unreadable } = state.panel.dataset;
  if (controls === null) told.textContent = unreadable;
  else if (told.textContent === unreadable) told.textContent = "";
  state.panel.classList.toggle("is-unreadable", controls === null);
  if (!controls) return;
  state.places = drop(state, text) ? places : {};
  state.known = state.text.value;
  const fresh = new DOMParser().parseFromString(controls, "text/html").body;
  if (signature(fresh) === signature(state.panel)) copyValues(state, fresh);
  else replace(state, fresh);
}

// A text that is no longer its preset loses the preset's title and comment, unless they were brought back by undoing: the
// places are then those of another text, and are counted anew where a value is set.
function drop({ text, history, isUndone }, own) {
  if (own === undefined || own === text.value) return true;
  if (isUndone) return false;
  const { start, end, words } = difference(text.value, own);
  history.write(start, end, words);
  return true;
}

const signature = (root) => [...root.querySelectorAll("[data-control], [data-act]")].map((each) => `${each.dataset.control ?? each.dataset.act}=${each.type === "radio" ? each.value : ""}${each.dataset.value ?? ""}${[...each.querySelectorAll("option")].map((option) => option.text)}`).join(" ");

// A number that is being typed stays as it is. The values before are those of the new text; a ticked box has one.
function copyValues({ panel, typed }, fresh) {
  panel.querySelectorAll("input[type=hidden]").forEach((each) => each.remove());
  panel.append(...fresh.querySelectorAll("input[type=hidden]"));
  const ours = [...panel.querySelectorAll("[name]:not([type=hidden])")];
  const theirs = [...fresh.querySelectorAll("[name]")];
  ours.forEach((field, i) => {
    if (field === typed && field === document.activeElement && field.type === "number") return;
    if (field.type === "checkbox" || field.type === "radio") field.checked = theirs[i].checked;
    else if (field.value !== theirs[i].value) field.value = theirs[i].value;
    if (field.type === "number") syncSlider(field);
  });
  for (const { id, textContent } of fresh.querySelectorAll("[data-told]")) {
    const told = document.getElementById(id);
    if (told.textContent !== textContent) told.textContent = textContent;
  }
}

// The focus stays on the control with the same name; after a layer is gone, on the button that adds one. It goes to a layer
// that was chosen among those that fit. What is chosen from by keyboard stays open.
function replace(state, fresh) {
  const focus = document.activeElement;
  const chosenFrom = focus.closest?.("[popover][data-keep]")?.id;
  const added = focus.closest?.("[popover]") && parseInt(focus.dataset.value, 10);
  const held = state.panel.contains(focus) ? [focus.dataset.control, focus.dataset.act, focus.value] : null;
  const open = new Map([...state.panel.querySelectorAll("details[data-keep]")].map((each) => [each.dataset.keep, each.open]));
  state.panel.replaceChildren(...fresh.childNodes);
  state.panel.querySelectorAll("details[data-keep]").forEach((each) => { each.open ||= open.get(each.dataset.keep) ?? false; });
  enhance(state);
  if (!held) return;
  if (chosenFrom) document.getElementById(chosenFrom)?.showPopover();
  if (focus.id && document.getElementById(focus.id)) { document.getElementById(focus.id).focus({ preventScroll: true }); return; }
  const [control, act, value] = held;
  const same = [...state.panel.querySelectorAll("[data-control], [data-act]:not([popover] *)")].filter((each) => (control ? each.dataset.control === control : each.dataset.act === act));
  const next = same.find((each) => each.type !== "radio" || each.value === value) ?? state.panel.querySelector("[data-act='layers.add']:not([popover] *)");
  const chosen = state.panel.querySelector(`[data-layer="${added}"] :is([data-control], [data-act]:not([popover] *))`);
  (chosen ?? next)?.focus({ preventScroll: true });
}

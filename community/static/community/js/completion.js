// Help and completion in the text of a config, from the schema: a line below the text says what the word at the caret, or
// under the mouse, is; buttons in it are what can stand there. Ctrl+Space goes to them, arrows choose, Enter writes, Escape
// goes back. Nothing happens while an input method composes.
//   form[data-schema-url] [data-help][data-default]: [data-help-words], [data-help-choices]; [data-config-text]
import { placeAt } from "./config_place.js";
import { describe } from "./config_words.js";

const SHOWN = 12;

export function attach(help) {
  const form = help.closest("form");
  const text = form.querySelector("[data-config-text]");
  const state = { help, form, text, words: help.querySelector("[data-help-words]"), choices: help.querySelector("[data-help-choices]") };
  text.addEventListener("focus", () => load(state).then(() => update(state)));
  for (const name of ["input", "click", "keyup"]) text.addEventListener(name, () => update(state));
  text.addEventListener("compositionstart", () => { state.composes = true; });
  text.addEventListener("compositionend", () => { state.composes = false; update(state); });
  text.addEventListener("keydown", (event) => enter(state, event));
  text.addEventListener("mousemove", (event) => hover(state, event));
  text.addEventListener("mouseleave", () => { if (document.activeElement === text) update(state); });
  state.choices.addEventListener("click", (event) => take(state, event.target.closest("button")));
  state.choices.addEventListener("keydown", (event) => step(state, event));
}

async function load(state) {
  state.asked ??= fetch(state.form.dataset.schemaUrl, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  state.schema = await state.asked;
  if (!state.schema) state.asked = undefined;
}

function update(state) {
  if (!state.composes && state.schema) show(state, placeAt(state.text.value, state.text.selectionStart));
}

function show(state, place) {
  const found = describe(state.schema, place);
  state.place = place;
  const said = found.name + found.about;
  if (state.said !== said) state.words.replaceChildren(...sentence(state, found)); // not again with each letter
  state.said = said;
  const typed = place.word.toLowerCase();
  const caret = state.text.selectionStart;
  const begun = caret > place.start && caret === place.end ? typed : "";
  const fitting = found.allowed.filter((word) => word.toLowerCase().startsWith(begun) && word.toLowerCase() !== begun);
  state.choices.replaceChildren(...fitting.slice(0, SHOWN).map(choice));
  state.choices.hidden = !fitting.length;
  state.help.hidden = !found.about && !fitting.length && !found.range;
}

function sentence({ help }, { name, about, range, fallback }) {
  const parts = [];
  if (name) parts.push(Object.assign(document.createElement("code"), { textContent: name }), " ");
  if (about) parts.push(about, " ");
  if (range) parts.push(range, " ");
  if (fallback) parts.push(help.dataset.default.replace("{value}", fallback));
  return parts;
}

function choice(word, index) {
  return Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: word, tabIndex: index ? -1 : 0 });
}

function enter(state, event) {
  if (event.isComposing || !event.ctrlKey || event.code !== "Space") return;
  event.preventDefault();
  state.choices.querySelector("button")?.focus();
}

function step({ choices, text }, event) {
  const all = [...choices.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (event.key === "Escape") text.focus();
  if (!(event.key in moves)) return;
  event.preventDefault();
  all[(at + moves[event.key] + all.length) % all.length].focus();
}

// The word is written in the place of the one at the caret; a name gets its colon.
function take(state, button) {
  if (!button) return;
  const { text, place } = state;
  const isBegun = text.selectionStart <= place.end && text.selectionStart >= place.start;
  const end = place.isKey || isBegun ? place.end : text.selectionStart;
  const after = text.value.slice(end);
  const words = button.textContent + (place.isKey && !/^\s*:/.test(after) ? ": " : "");
  text.focus();
  text.setRangeText(words, place.start, end, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

// The letters of the text have one width and each line one height.
function hover(state, { offsetX, offsetY, buttons }) {
  if (buttons || !state.schema || state.choices.contains(document.activeElement)) return;
  const style = getComputedStyle(state.text);
  const line = Math.floor((offsetY + state.text.scrollTop - parseFloat(style.paddingTop)) / parseFloat(style.lineHeight));
  const column = Math.round((offsetX + state.text.scrollLeft - parseFloat(style.paddingLeft)) / widthOf(style) - 0.5);
  const lines = state.text.value.split("\n");
  if (line < 0 || line >= lines.length || !/[\w.^*-]/.test(lines[line][column] ?? "")) return;
  const at = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + column;
  const found = describe(state.schema, placeAt(state.text.value, at));
  if (!found.about && !found.range) return;
  state.words.replaceChildren(...sentence(state, found));
  state.said = null;
  state.choices.hidden = true;
  state.help.hidden = false;
}

let ruler = null;
function widthOf(style) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = style.font;
  return ruler.measureText("0000000000").width / 10;
}

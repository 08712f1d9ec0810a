// Choices while typing: people after @, tags after #, emoji after :, commands after \ in a formula, its environments after
// \begin{, commands in the box for a title too, tags in the box for tags, pages in the box for a search. The caret stays in the text: arrows go through the list, Enter and Tab write, Escape closes
// it until another word; a finger chooses too. Before a word, after a whole command, after the colon of a Chinese sentence
// and in a search, only an arrow chooses.
// A page that is chosen is opened, by Enter alone. Nothing happens while an input method composes. It comes when
// somebody goes into the form.
//   form[data-complete-url][data-thread]: textarea[data-editor-source], input[name=title], input[data-tags],
//   input[data-person], input[data-search-key]
import { commandsLike, environmentsLike, isWhole } from "./latex_commands.js";
import { put } from "./insert.js";
import { compareIn } from "./similar.js";
import { typedPerson, typedSearch, typedTag, typedTitle, typedWord } from "./typed_word.js";
import { word } from "./words.js";

const AFTER_MS = 120;
const AFTER_SEARCH_MS = 250; // each answer is one search of the site
const MOST_KEPT = 200;
const KEPT_MS = 30_000; // a thread may be hidden, or a person muted in another tab, while a page is open
const COMBOBOXES = "input[data-tags], input[data-person], input[data-search-key]"; // all that is in them is chosen
const BOXES = `[data-editor-source], input[name=title], ${COMBOBOXES}`;
let made = 0;

export function suggestIn(form) {
  const known = new Map();
  for (const box of form.querySelectorAll(BOXES)) attachTo(box, form, known);
  compareIn(form);
}

function attachTo(box, form, known) {
  const state = { box, form, known, list: null, choices: [], at: -1, place: null, closed: "", timer: 0, composes: false, said: null };
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  if (box.matches(COMBOBOXES)) box.setAttribute("role", "combobox");
  state.isOpen = (open) => { if (box.matches(COMBOBOXES)) box.setAttribute("aria-expanded", String(open)); };
  state.isOpen(false);
  box.addEventListener("input", (event) => {
    if (state.place?.of === "page" && !box.value.startsWith(state.place.word)) state.closed = ""; // another search
    if (!event.isComposing) later(state);
  });
  box.addEventListener("compositionstart", () => { state.composes = true; hide(state); });
  box.addEventListener("compositionend", () => { state.composes = false; later(state); });
  box.addEventListener("keydown", (event) => press(state, event));
  for (const name of ["blur", "click"]) box.addEventListener(name, () => hide(state));
  box.addEventListener("scroll", () => { if (state.list && !state.list.hidden && state.place.of !== "page") putBeside(state); });
}

function later(state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => look(state), "searchKey" in state.box.dataset ? AFTER_SEARCH_MS : AFTER_MS);
}

const READERS = [["[data-person]", typedPerson], ["[data-search-key]", typedSearch], ["[data-tags]", typedTag], ["input", typedTitle], ["*", typedWord]];
const readerOf = (box) => READERS.find(([boxes]) => box.matches(boxes))[1];
const placeIn = ({ box }) => (box.selectionStart === box.selectionEnd ? readerOf(box)(box.value.slice(0, box.selectionStart)) : null);
const nameOf = (place) => place && `${place.of} ${place.start}`;
const isAt = (state, place) => JSON.stringify(placeIn(state)) === JSON.stringify(place);

async function look(state) {
  const place = placeIn(state);
  if (nameOf(place) !== state.closed) state.closed = "";
  if (!place || state.closed || state.composes) { hide(state); return; }
  const choices = knownFor(state, place) ?? await asked(state, place);
  if (state.composes || document.activeElement !== state.box || !isAt(state, place)) return;
  const isWritten = choices.length === 1 && !["page", "environment"].includes(place.of) && choices[0].value.toLowerCase() === place.word.toLowerCase();
  if (choices.length && !isWritten) show(state, place, choices);
  else hide(state);
}

// What is offered without asking the server. A title has no room for lines.
function knownFor({ box }, { of, word: typed }) {
  if (of === "environment") return environmentsLike(typed);
  if (of === "latex") return commandsLike(typed, box.value).filter(({ value }) => box.matches("textarea") || !value.includes("\n"));
  return null;
}

async function asked({ form, known }, { of, word: typed }) {
  const query = new URLSearchParams({ of, q: typed, thread: form.dataset.thread ?? "" }).toString();
  const before = known.get(query);
  if (before && performance.now() < before.until) return before.choices;
  const answer = await fetch(`${form.dataset.completeUrl}?${query}`, { credentials: "same-origin" }).catch(() => null);
  const choices = answer?.ok ? (await answer.json().catch(() => ({}))).choices : null;
  if (!choices) return [];
  if (known.size > MOST_KEPT) known.clear();
  known.set(query, { choices, until: performance.now() + KEPT_MS });
  return choices;
}

function show(state, place, choices) {
  Object.assign(state, { place, choices });
  const { box } = state;
  state.list ??= makeList(state);
  state.list.setAttribute("aria-label", { person: word("choicesPerson"), tag: word("choicesTag"), emoji: word("choicesEmoji"), latex: word("choicesLatex"), environment: word("choicesLatex"), page: word("choicesPage") }[place.of]);
  state.list.replaceChildren(...choices.map((each, i) => option(each, `${state.list.id}-${i}`, place.of)));
  state.list.hidden = false;
  state.isOpen(true);
  box.setAttribute("aria-controls", state.list.id);
  if (place.of !== "page") putBeside(state); // before the first is brought into view: where the list was last may be outside the window
  state.list.scrollIntoView({ block: "nearest" });
  choose(state, !place.word || place.isMild || place.of === "page" || (place.of === "latex" && isWhole(place.word, state.box.value)) ? -1 : 0);
  say(state, word(place.of === "page" ? "pagesSaid" : "choicesSaid", { count: choices.length }));
}

function hide(state) {
  clearTimeout(state.timer);
  if (!state.list || state.list.hidden) return;
  state.list.hidden = true;
  state.at = -1;
  state.isOpen(false);
  for (const name of ["aria-controls", "aria-activedescendant"]) state.box.removeAttribute(name);
  say(state, "");
}

function say({ said }, words) {
  said.textContent = words;
}

function makeList(state) {
  const list = document.createElement("ul");
  made += 1;
  Object.assign(list, { id: `suggestions-${made}`, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays in the text
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("li"));
    if (at >= 0) take(state, at);
  });
  state.said = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  state.said.setAttribute("role", "status");
  state.box.after(list, state.said);
  return list;
}

// The title of a page is drawn by the server, formulas and all.
function option({ value, title, language, note, picture }, id, of) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  const name = document.createElement("b");
  if (language) name.lang = language;
  if (title) name.append(...new DOMParser().parseFromString(title, "text/html").body.childNodes);
  else name.textContent = of === "latex" ? `\\${value.replace("|", "").split("\n")[0]}` : value;
  if (picture) item.append(Object.assign(new Image(20, 20), { src: picture, alt: "", className: "avatar" }));
  item.append(name);
  if (note) item.append(Object.assign(document.createElement("span"), { textContent: note }));
  return item;
}

function press(state, event) {
  if (!state.list || state.list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { at, choices } = state;
  if (event.key === "ArrowDown") choose(state, (at + 1) % choices.length);
  else if (event.key === "ArrowUp") choose(state, (at > 0 ? at : choices.length) - 1);
  else if (event.key === "Enter" || (event.key === "Tab" && state.place.of !== "page")) {
    if (!isAt(state, state.place)) { // more was typed: commands are known at once, the rest too late
      state.at = -1;
      look(state);
    }
    if (state.at < 0) { hide(state); return; }
    take(state, state.at);
  } else if (event.key === "Escape") close(state);
  else {
    if (/^(?:Arrow|Home|End|Page|Tab)/.test(event.key)) hide(state);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}

function close(state) {
  state.closed = nameOf(state.place);
  hide(state);
}

// The one that Enter takes; -1 is none.
function choose(state, at) {
  const items = [...state.list.children];
  state.at = at;
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
  items[Math.max(at, 0)].scrollIntoView({ block: "nearest" });
  state.box.removeAttribute("aria-activedescendant");
  if (at >= 0) state.box.setAttribute("aria-activedescendant", items[at].id);
}

function take(state, at) {
  const { box, place } = state;
  if (place.of === "page") { location.assign(state.choices[at].url); return; }
  const [head, tail = ""] = written(box, place, state.choices[at]).split("\u0000");
  hide(state);
  put(box, place.start, box.selectionStart, head + tail);
  const caret = box.selectionStart - tail.length;
  box.setSelectionRange(caret, caret);
  hide(state);
}

// What stands in the text then; the caret goes to a NUL, or else to the end.
function written(box, { of }, { value, url }) {
  if (box.matches("[data-person]")) return value;
  if (box.matches("[data-tags]")) return `${value}, `;
  if (of === "person") return `@${value} `;
  if (of === "emoji") return value;
  if (of === "environment") return `{${value}${box.value[box.selectionStart] === "}" ? "" : `}\n\u0000\n\\end{${value}}`}`;
  if (of === "tag") return `[#${value}](${url}) `;
  const gap = /[a-zA-Z]$/.test(value) && /[a-zA-Z]/.test(box.value[box.selectionStart] ?? "") ? " " : "";
  return `\\${value.replace("|", "\u0000")}${gap}`;
}

// Below the caret, or above it where there is no room.
function putBeside({ box, list, place }) {
  const { left, top, height } = box.matches("input") ? { left: box.offsetLeft, top: box.offsetTop, height: box.offsetHeight } : caretOf(box, place.start);
  list.style.insetInlineStart = `${Math.max(0, Math.min(left, box.offsetLeft + box.clientWidth - list.offsetWidth))}px`;
  list.style.insetBlockStart = `${top + height}px`;
  const seen = visualViewport?.height ?? innerHeight;
  if (list.getBoundingClientRect().bottom > seen && box.getBoundingClientRect().top + top > list.offsetHeight) list.style.insetBlockStart = `${top - list.offsetHeight}px`;
}

// Where a place of the text is, by a copy of it that breaks its lines as the text does.
function caretOf(box, at) {
  const copy = Object.assign(document.createElement("div"), { className: "marks", textContent: box.value.slice(0, at) });
  const mark = copy.appendChild(Object.assign(document.createElement("span"), { textContent: "@" }));
  box.parentElement.append(copy);
  const found = { left: mark.offsetLeft, top: mark.offsetTop - box.scrollTop, height: mark.offsetHeight + 2 };
  copy.remove();
  return found;
}

// Run a config without leaving the page: the card comes below the editor and draws itself while it trains. A result that
// is of another text than the editor's says so.
//   [data-playground]: form[data-config], [data-config-text], [data-result][data-changed], [data-refusal], [data-play]
//   [data-preset-row]: the presets, the chosen one with aria-current; [data-preset-target]: what it must reach
import { noticeIn } from "./fragments.js";
import { exchange, isExchange, showProblems } from "./problems.js";
import { tell } from "./said.js";

const LIMIT = "limit_";
const SEEN_PX = 160;  // of the result; if less is in view, the page is scrolled to it

export function attach(place) {
  const form = place.querySelector("form");
  const text = form.querySelector("[data-config-text]");
  const chosen = document.querySelector("[data-preset-row] [aria-current]");
  const begun = text.defaultValue;
  const state = { place, form, text, chosen, begun, ran: place.querySelector("[data-is-other]") ? null : begun };
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (!form.dataset.busy) play(state);
  });
  text.addEventListener("input", () => compare(state));
  form.addEventListener("chainrule:checked", ({ detail }) => checked(state, detail));
  keepTyped(state);
  compare(state);
  askAnew(state);
}

// A price over a limit is told where it is shown, before anybody presses Run, with what would fit.
function checked(state, { problems = [], message, refusal }) {
  const { form } = state;
  const over = problems.find(({ code }) => code?.startsWith(LIMIT));
  form.querySelector("[data-price]").toggleAttribute("data-is-over", Boolean(over));
  if (message) return;
  if (over && form.querySelector("[data-controls]")) {
    tell(form, refusal || named(form, over));
    offer(form, over);
  } else if (!problems.length || state.isOver) tell(form, "");
  state.isOver = Boolean(over);
}

// A browser may go back to the page as the server made it before the run.
function askAnew({ place }) {
  const { ran, ...others } = history.state ?? {};
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!ran || !isBack || place.querySelector(".run-card")?.dataset.run === ran) return;
  history.replaceState(others, ""); // once
  location.reload();
}

// A typed config survives a reload and a change of language, in this tab alone. Who chooses a preset wants it as it is.
function keepTyped({ form, text, begun }) {
  const place = `config:${location.pathname}#${form.id}`;
  const first = location.search;
  let isWanted = true;
  document.querySelector("[data-preset-row]")?.addEventListener("click", ({ target }) => { isWanted = !target.closest("a"); });
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
    if (kept?.at.includes(first)) {
      sessionStorage.removeItem(place);
      if (kept.words !== text.value) {
        text.value = kept.words;
        text.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  } catch { return; }  // a browser that keeps nothing
  addEventListener("pagehide", () => {
    if (isWanted && text.value !== begun) sessionStorage.setItem(place, JSON.stringify({ at: [first, location.search], words: text.value }));
  });
}

async function play(state) {
  const { form, text } = state;
  const button = form.querySelector("[data-play]");
  const sent = text.value;
  form.dataset.busy = "yes";
  button.setAttribute("aria-disabled", "true");
  const answer = await send(form);
  delete form.dataset.busy;
  button.removeAttribute("aria-disabled");
  if (!answer) { form.submit(); return; }
  if (answer.ok) { state.ran = sent; show(state, await answer.text()); }
  else refuse(form, await told(answer));
}

function send(form) {
  const headers = { "X-Requested-With": "fetch", Accept: "text/html, application/json;q=0.9" };
  return fetch(form.action, { method: "POST", body: new URLSearchParams({ config: form.querySelector("[data-config-text]").value }), headers, credentials: "same-origin" }).catch(() => null);
}

function show(state, html) {
  tell(state.form, "");
  showProblems(state.form, state.text, []);
  const result = state.place.querySelector("[data-result]");
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  result.replaceChildren(...fresh.childNodes);
  result.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
  history.replaceState({ ...history.state, ran: result.querySelector(".run-card")?.dataset.run }, "");
  compare(state);
  // Beside controls, the answer is above the result.
  if (state.form.querySelector("[data-controls]")) { state.place.scrollIntoView(); return; }
  const { top } = result.getBoundingClientRect();
  if (top < 0 || top > innerHeight - SEEN_PX) result.scrollIntoView({ block: "nearest" });
}

// Whether the result, and the preset that is marked, are of the text that stands in the editor.
function compare({ place, text, chosen, begun, ran }) {
  const result = place.querySelector("[data-result]");
  const isOther = Boolean(result.querySelector(".run-card")) && text.value.trim() !== ran?.trim();
  result.toggleAttribute("data-is-other", isOther);
  const note = result.querySelector("[data-other]");
  if (isOther && !note) result.prepend(changed(result.dataset.changed));
  else if (!isOther) note?.remove();
  const isPreset = text.value.trim() === begun.trim();
  if (isPreset) chosen?.setAttribute("aria-current", "true");
  else chosen?.removeAttribute("aria-current");
  document.querySelector("[data-preset-target]")?.toggleAttribute("hidden", !isPreset);
}

function changed(words) {
  const note = Object.assign(document.createElement("p"), { className: "playground-told", textContent: words });
  note.dataset.other = "";
  return note;
}

// Problems as JSON, or the notice of a refusal: too many runs for today.
async function told(answer) {
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) return answer.json();
  return { message: (await noticeIn(answer))?.textContent };
}

// On a page with controls the text and its problems are out of sight of the button that was pressed.
function refuse(form, { problems = [], message = "", sign_in: door }) {
  showProblems(form, form.querySelector("[data-config-text]"), problems);
  const [first] = form.querySelector("[data-controls]") ? problems : [];
  tell(form, message || (first ? named(form, first) : ""), door);
  if (first) offer(form, first);
}

const named = (form, { path, message }) => [path, message].filter(Boolean).join(form.querySelector("[data-refusal]").dataset.colon);

// What would fit: pressed, it is set by the control that it is of, or else in the text.
function offer(form, problem) {
  const { path, seen, suggestion, label } = problem;
  const text = form.querySelector("[data-config-text]");
  if (!label || !seen) return;
  if (!form.querySelector(`[data-control="${path}"]`)) {
    if (isExchange(text, problem)) form.querySelector("[data-refusal]").append(" ", exchange(text, problem));
    return;
  }
  const button = Object.assign(document.createElement("button"), { type: "button", className: "suggestion", textContent: `→ ${label}` });
  Object.assign(button.dataset, { act: path, value: suggestion });
  form.querySelector("[data-refusal]").append(" ", button);
}

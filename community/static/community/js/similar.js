// Questions like the one whose title is typed, below it; how many is said. The formulas and configs of its text count too.
// Nothing happens while an input method composes.
//   form: [name=title], [name=source]; [data-similar="URL"] with a status [data-similar-said] and perhaps a list
const AFTER_MS = 500;
const AFTER_TEXT_MS = 1500;
const SHORTEST = 3;
const LONGEST_DRAFT = 1500;
const TELLING = /^```bp\n[^]*?^```|\$\$[^$]+\$\$|\$[^$\n]+\$|\\\[[^\]]+\\\]|\\\([^)]+\\\)/gm;

export function compareIn(form) {
  const place = form.querySelector("[data-similar]");
  if (!place) return;
  const { title, source } = form.elements;
  const state = { place, title, source, asked: question(title.defaultValue, source?.defaultValue).toString(), timer: 0 };
  const later = (after) => { clearTimeout(state.timer); state.timer = setTimeout(() => compare(state), after); };
  for (const [field, after] of [[title, AFTER_MS], [source, AFTER_TEXT_MS]]) {
    field?.addEventListener("input", (event) => { if (!event.isComposing) later(after); });
    field?.addEventListener("compositionend", () => later(after));
    field?.addEventListener("compositionstart", () => clearTimeout(state.timer));
  }
  if (question(title.value, source?.value).toString() !== state.asked) later(AFTER_MS); // typed before this came
}

function question(title, text = "") {
  const asked = new URLSearchParams({ title: title.trim() });
  const draft = (text.match(TELLING) ?? []).join("\n").slice(0, LONGEST_DRAFT);
  if (draft) asked.set("draft", draft);
  return asked;
}

async function compare(state) {
  const asked = question(state.title.value, state.source?.value);
  if (asked.toString() === state.asked) return;
  state.asked = asked.toString();
  const answer = asked.get("title").length < SHORTEST ? null : await fetch(`${state.place.dataset.similar}?${asked}`, { credentials: "same-origin" }).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (state.asked === asked.toString()) show(state.place, new DOMParser().parseFromString(html, "text/html"));
}

// The status stays where it is, so that a change of its words is read out.
function show(place, fresh) {
  const said = place.querySelector("[data-similar-said]");
  said.textContent = fresh.querySelector("[data-similar-said]")?.textContent.trim() ?? "";
  place.querySelector("ul")?.remove();
  place.append(...fresh.querySelectorAll("ul"));
}

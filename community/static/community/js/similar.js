// Questions like the one whose title is typed, below it; how many is said. Nothing happens while an input method composes.
//   form: [name=title]; [data-similar="URL"] with a status [data-similar-said] and perhaps a list
const AFTER_MS = 500;
const SHORTEST = 3;

export function compareIn(form) {
  const place = form.querySelector("[data-similar]");
  if (!place) return;
  const { title } = form.elements;
  const state = { place, title, asked: title.defaultValue.trim(), timer: 0 };
  const later = () => { clearTimeout(state.timer); state.timer = setTimeout(() => compare(state), AFTER_MS); };
  title.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  title.addEventListener("compositionend", later);
  title.addEventListener("compositionstart", () => clearTimeout(state.timer));
  if (title.value.trim() !== state.asked) later(); // typed before this came
}

async function compare(state) {
  const words = state.title.value.trim();
  if (words === state.asked) return;
  state.asked = words;
  const query = new URLSearchParams({ title: words });
  const answer = words.length < SHORTEST ? null : await fetch(`${state.place.dataset.similar}?${query}`, { credentials: "same-origin" }).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (state.asked === words) show(state.place, new DOMParser().parseFromString(html, "text/html"));
}

// The status stays where it is, so that a change of its words is read out.
function show(place, fresh) {
  const said = place.querySelector("[data-similar-said]");
  said.textContent = fresh.querySelector("[data-similar-said]")?.textContent.trim() ?? "";
  place.querySelector("ul")?.remove();
  place.append(...fresh.querySelectorAll("ul"));
}

// A card of a run that still moves: each word from its stream swaps in the card as the server draws it.
//   <section class="run-card" data-run-live data-card-url="…/card/" data-events-url="…/events" data-state="running">
const ASK_EVERY_MS = 2_000;
const LEAST_MS = 300;
const DONE = new Set(["succeeded", "diverged", "failed", "cancelled"]);

export function attach(card) {
  if (DONE.has(card.dataset.state)) return;
  const live = { card, drawing: false, again: false, timer: 0, source: null };
  if (card.dataset.eventsUrl) listen(live);
  else poll(live);
}

function listen(live) {
  live.source = new EventSource(live.card.dataset.eventsUrl);
  const draw = () => redraw(live);
  ["message", "progress", "state", "end"].forEach((name) => live.source.addEventListener(name, draw));
  live.source.addEventListener("error", () => {
    if (live.source.readyState === EventSource.CLOSED) poll(live);
  });
  addEventListener("pagehide", () => live.source.close());
}

function poll(live) {
  live.timer = setInterval(() => redraw(live), ASK_EVERY_MS);
}

async function redraw(live) {
  if (live.drawing) { live.again = true; return; }
  live.drawing = true;
  const answer = await fetch(live.card.dataset.cardUrl, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok) swap(live, await answer.text());
  setTimeout(() => { live.drawing = false; if (live.again) { live.again = false; redraw(live); } }, LEAST_MS);
}

function swap(live, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".run-card");
  if (!fresh) return;
  const done = DONE.has(fresh.dataset.state);
  const open = [...live.card.querySelectorAll("details")].map((each) => each.open);
  live.card.replaceChildren(...fresh.childNodes);
  live.card.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
  for (const { name, value } of fresh.attributes) live.card.setAttribute(name, value);
  live.card.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
  if (!done) return;
  live.source?.close();
  clearInterval(live.timer);
  live.again = false;
}

// A card of a run that still moves: each word from its stream swaps in the card as the server draws it. It holds still
// while a finger is on it, keeps the focus where it was, and is cancelled without leaving the page.
//   <section class="run-card" data-run-live data-card-url="…/card/" data-events-url="…/events" data-state="running">
// On the run's page, the pictures of the network come with its first state: [data-whole-page][data-stage-url].
import { announceSwap, parsed } from "./fragments.js";
import { post } from "./http.js";
import { listen } from "./live.js";

const ASK_EVERY_MS = 2_000;
const LEAST_MS = 300;
const GONE = 404;
const DONE = new Set(["succeeded", "diverged", "failed", "cancelled"]);

export function attach(card) {
  if (DONE.has(card.dataset.state)) return;
  const live = { card, drawing: false, again: false, held: false, told: "", end: () => {} };
  holdStill(live);
  card.addEventListener("click", (event) => cancel(live, event));
  live.end = listen({
    url: card.dataset.eventsUrl,
    names: ["message", "progress", "state", "end"],
    hear: () => redraw(live),
    ask: () => redraw(live),
    everyMs: ASK_EVERY_MS,
  });
}

function holdStill(live) {
  live.card.addEventListener("pointerdown", () => { live.held = true; });
  const letGo = () => setTimeout(() => {
    live.held = false;
    if (live.again) redraw(live);
  });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, letGo);
}

async function cancel(live, event) {
  const button = event.target.closest("[data-cancel]");
  if (!button) return;
  event.preventDefault();
  button.disabled = true;
  const answer = await post(button.formAction, {}).catch(() => null);
  if (!answer?.ok && answer?.status !== 409) { document.getElementById("act").requestSubmit(button); return; }
  live.told = answer.ok ? await answer.text() : "";
  redraw(live);
}

async function redraw(live) {
  if (live.drawing || live.held) { live.again = true; return; }
  live.again = false;
  live.drawing = true;
  const answer = await fetch(live.card.dataset.cardUrl, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.status === GONE) { leave(live); return; }
  if (answer?.ok) swap(live, await answer.text());
  setTimeout(() => { live.drawing = false; if (live.again) { live.again = false; redraw(live); } }, LEAST_MS);
}

// The run was deleted, its post hidden, or its owner has signed out.
function leave({ card, end }) {
  end();
  if (card.closest("[data-whole-page]")) { location.reload(); return; }
  card.dataset.state = "none";
  card.querySelectorAll(".state, .run-progress, .run-waiting").forEach((each) => each.remove());
  const told = Object.assign(document.createElement("p"), { className: "run-waiting", role: "status" });
  card.querySelector(".run-foot")?.replaceWith(told);
  setTimeout(() => { told.textContent = card.dataset.gone; }); // what comes into a live region is read out
}

const signature = (element) => `${element.tagName} ${element.getAttribute("href") ?? element.getAttribute("formaction") ?? ""} ${element.textContent}`;

function swap(live, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".run-card");
  if (!fresh) return;
  if (live.held) { live.again = true; return; }
  const done = DONE.has(fresh.dataset.state);
  const open = [...live.card.querySelectorAll("details")].map((each) => each.open);
  const focused = live.card.contains(document.activeElement) ? signature(document.activeElement) : "";
  live.card.replaceChildren(...fresh.childNodes);
  if (live.told && !done) live.card.querySelector(".run-foot")?.before(Object.assign(document.createElement("p"), { className: "run-ending", textContent: live.told }));
  if (focused) [...live.card.querySelectorAll("a, button, summary")].find((each) => signature(each) === focused)?.focus({ preventScroll: true });
  live.card.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
  for (const { name, value } of fresh.attributes) live.card.setAttribute(name, value);
  announceSwap(live.card);
  if (!done) { addPictures(live.card); return; }
  live.end();
  live.again = false;
  if (live.card.closest("[data-whole-page]")) location.reload(); // the rest of the run's page is there now
}

async function addPictures(card) {
  const page = card.closest("[data-stage-url]");
  if (!page || !("grows" in card.dataset)) return;
  const { stageUrl } = page.dataset;
  delete page.dataset.stageUrl;
  const answer = await fetch(stageUrl, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  page.append(...(await parsed(answer)).childNodes);
  announceSwap(page);
}

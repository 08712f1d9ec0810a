// The bell's number. Its stream begins when the page has been looked at for a moment: the page has just told the number,
// and who only passes through needs no other.
import { listen } from "./live.js";

export function attach(bell) {
  listen({
    url: bell.dataset.liveCount,
    names: ["unread"],
    hear: (event) => show(bell, JSON.parse(event.data).unread),
    ask: () => ask(bell),
    everyMs: 60_000,
    afterMs: 1_500,
  });
}

async function ask(bell) {
  const answer = await fetch(bell.dataset.countUrl, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) show(bell, (await answer.json()).unread);
}

function show(bell, unread) {
  bell.querySelector("[data-count]").textContent = unread > 99 ? "99+" : unread || "";
  bell.dispatchEvent(new CustomEvent("chainrule:unread", { bubbles: true, detail: bell.dataset.countUrl }));
}

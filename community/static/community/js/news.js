// Posts that came while a thread is open: one link to the first of them, at the edge of the window, so that nothing moves.
//   <p role="status" data-news="/threads/5/news/12/" data-news-events="…/events/" data-one="1 new post" data-many="{count} new posts">
// A reply that is being written is told which of them its author knows of: see `seen` in its form.
import { listen } from "./live.js";

export function attach(place) {
  listen({
    url: place.dataset.newsEvents,
    names: ["news"],
    hear: (event) => show(place, JSON.parse(event.data)),
    ask: () => ask(place),
    everyMs: 60_000,
    afterMs: 1_500,
  });
}

async function ask(place) {
  const answer = await fetch(place.dataset.news, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) show(place, await answer.json());
}

function show(place, { count, last, url }) {
  const { one, many } = place.dataset;
  const words = count === 1 ? one : many.replace("{count}", count > 99 ? "99+" : count);
  const link = Object.assign(document.createElement("a"), { className: "button primary", href: url, textContent: words });
  place.replaceChildren(...(count ? [link] : []));
  document.querySelectorAll("[name=seen]").forEach((seen) => { seen.value = Math.max(Number(seen.value), last); });
}

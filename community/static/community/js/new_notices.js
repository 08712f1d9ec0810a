// What came since an open list of notifications was made: one link to it, at the edge of the window, so that nothing moves.
//   <p role="status" data-new-notices="/notifications/count/?since=12&show=" data-one="1 new …" data-many="{count} new …">
// The bell hears of it first. What is hidden or deleted since is not new any more: who comes back to the page is not told of it.
export function attach(place) {
  document.addEventListener("chainrule:unread", () => ask(place));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && place.firstChild) ask(place); });
}

async function ask(place) {
  const answer = await fetch(place.dataset.newNotices, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const { one, many } = place.dataset;
  const { new: count } = await answer.json();
  const textContent = count === 1 ? one : many.replace("{count}", count > 99 ? "99+" : count);
  const link = Object.assign(document.createElement("a"), { className: "button primary", href: location.pathname + location.search, textContent });
  place.replaceChildren(...(count ? [link] : []));
}

// Threads related to the one that is read, asked for when their place is a window away, so that what is read does not
// move. Without script it is a link.
// Those that the page lists above, as duplicates, are not listed again.
//   [data-related] with a link to them
import { ASKING, parsed } from "./fragments.js";

export function attach(place) {
  const near = new IntersectionObserver(([seen]) => {
    if (!seen.isIntersecting) return;
    near.disconnect();
    fill(place);
  }, { rootMargin: "100%" });
  near.observe(place);
}

async function fill(place) {
  const answer = await fetch(place.querySelector("a").href, { headers: ASKING, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const list = (await parsed(answer)).querySelector("ul");
  const above = new Set([...document.querySelectorAll(".related a")].map((link) => link.pathname));
  for (const link of list?.querySelectorAll("a") ?? []) if (above.has(link.pathname)) link.closest("li").remove();
  if (list?.children.length) place.querySelector("a").replaceWith(list);
  else place.hidden = true;
}

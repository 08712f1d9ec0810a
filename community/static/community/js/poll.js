// Parts of a page that are not there yet: asked for every second, until the answer has them without data-poll.
//   <div id="worked-result" data-poll="…" data-poll-parts="worked-said worked-result">: 204 says "not yet"
import { ASKING, announceSwap, parsed } from "./fragments.js";

const ASK_EVERY_MS = 1_000;
const MAY_PASS = 429;

export function attach(place) {
  const timer = setTimeout(async () => {
    if (document.hidden || await look(place)) attach(place);
  }, ASK_EVERY_MS);
  addEventListener("pagehide", () => clearTimeout(timer), { once: true });
}

// Say whether to look again.
async function look(place) {
  const answer = await fetch(place.dataset.poll, { headers: ASKING, credentials: "same-origin" }).catch(() => null);
  if (!answer || answer.status === 204 || answer.status >= 500 || answer.status === MAY_PASS) return true;
  if (!answer.ok) return false;
  const fresh = await parsed(answer);
  place.dataset.pollParts.split(" ").forEach((id) => refill(document.getElementById(id), fresh.querySelector(`#${id}`)));
  return "poll" in place.dataset;
}

// The element stays, so that what is said in it is read out.
function refill(old, fresh) {
  if (!old || !fresh) return;
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  old.replaceChildren(...fresh.childNodes);
  announceSwap(old);
}

// What a link of this site leads to, in a card beside it, when the pointer or the focus stays on it. Escape closes it, and
// it stays while the pointer is on it. Without script, and for a finger, it is a link.
import { ASKING } from "./fragments.js";

const SHOWN = /^\/(?:(?:t|articles|notes|runs)\/[\da-f]+\/|@[^/]+\/$)/;
const AFTER_MS = 350;
const GONE_MS = 200;
const KEPT_MS = 30_000; // what it leads to may be hidden, or its author muted in another tab, while a page is open
const known = new Map();
let card = null;
let link = null;
let timer = 0;

// Called when a link gets the pointer or the focus.
export function offer(next, address) {
  if (next.origin !== location.origin || !SHOWN.test(next.pathname) || next.pathname === location.pathname && !next.hash) return;
  for (const name of ["pointerleave", "blur"]) next.addEventListener(name, leave, { once: true });
  if (next === link) clearTimeout(timer);
  else later(() => show(next, address), AFTER_MS);
}

function later(act, wait) {
  clearTimeout(timer);
  timer = setTimeout(act, wait);
}

function leave() {
  later(hide, GONE_MS);
}

async function show(next, address) {
  const html = await found(next, address);
  const isStill = next.isConnected && (next.matches(":hover") || document.activeElement === next);
  if (!html || !isStill) return;
  hide();
  link = next;
  card ??= made();
  card.innerHTML = html;
  document.body.append(card);
  link.setAttribute("aria-describedby", card.id);
  putBeside(link);
}

async function found({ pathname, search, hash }, address) {
  const to = pathname + search + hash;
  const before = known.get(to);
  if (before && performance.now() < before.until) return before.html;
  const answer = await fetch(`${address}?${new URLSearchParams({ to })}`, { headers: ASKING, credentials: "same-origin" }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => "") : "";
  if (html) known.set(to, { html, until: performance.now() + KEPT_MS });
  return html;
}

function hide() {
  clearTimeout(timer);
  link?.removeAttribute("aria-describedby");
  link = null;
  card?.remove();
}

function made() {
  const element = Object.assign(document.createElement("div"), { id: "link-preview", className: "link-preview" });
  element.setAttribute("role", "tooltip");
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && link) hide(); });
  return element;
}

function putBeside(place) {
  const box = place.getBoundingClientRect();
  const room = document.documentElement.clientWidth - card.offsetWidth - 8;
  const below = box.bottom + 6 + card.offsetHeight < innerHeight || box.top < card.offsetHeight;
  card.style.left = `${scrollX + Math.max(8, Math.min(box.left, room))}px`;
  card.style.top = `${scrollY + (below ? box.bottom + 6 : box.top - card.offsetHeight - 6)}px`;
}

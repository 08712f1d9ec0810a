// What single keys do: j and k go through posts and threads, r replies, g and a letter go to a place, ? shows them all.
//   a[data-go="q"]; a[data-shortcuts] leads to a page with [data-shortcuts-list] and in it input[data-keys-switch]
import { isOff, SWITCH } from "./single_keys.js";

const ITEMS = "article[id^=post-], .row";
const GO_MS = 1500;
let goesUntil = 0;

export function press(key) {
  if (document.querySelector("dialog[open]")) return; // opened while this file came
  const place = performance.now() < goesUntil ? document.querySelector(`[data-go="${CSS.escape(key)}"]`) : null;
  goesUntil = 0;
  if (place) place.click();
  else if (key === "g") goesUntil = performance.now() + GO_MS;
  else if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "r") reply();
  else if (key === "?" || key === "？") show();
}

// The switch that turns them off in this browser.
export function attach(box) {
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try { localStorage.setItem(SWITCH, box.checked ? "on" : "off"); } catch { box.checked = true; }
  });
}

// From the item with the focus, else from the first that is in the window.
function step(by) {
  const items = [...document.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());
  const here = items.indexOf(document.activeElement?.closest(ITEMS));
  const first = items.findIndex((item) => item.getBoundingClientRect().bottom > 80);
  const item = items[here >= 0 ? here + by : by > 0 ? first : first - 1];
  if (!item) return;
  const place = item.matches(".row") ? item.querySelector(".row-title a") ?? item : item;
  if (place === item) item.tabIndex = -1;
  place.focus({ preventScroll: true });
  item.scrollIntoView({ block: item.matches(".row") ? "nearest" : "start" });
}

// To the post with the focus, or to the thread.
function reply() {
  const post = document.activeElement?.closest("article[id^=post-]");
  const link = post?.querySelector(":scope > .post-acts a[href$='/reply/']");
  const place = link ?? document.querySelector("#write [data-editor-source], #write a.button");
  if (link) link.click();
  else place?.focus();
}

async function show() {
  const link = document.querySelector("a[data-shortcuts]");
  if (!link) return;
  const answer = await fetch(link.href, { credentials: "same-origin" }).catch(() => null);
  const page = answer?.ok ? await answer.text().catch(() => "") : "";
  const list = new DOMParser().parseFromString(page, "text/html").querySelector("[data-shortcuts-list]");
  if (!list || document.querySelector("dialog[open]")) return;
  const dialog = Object.assign(document.createElement("dialog"), { className: "shortcuts", tabIndex: -1 });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: list.dataset.close });
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  dialog.append(list, close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.focus(); // not the box at its end, which is out of sight on a phone
  dialog.scrollTop = 0;
  dialog.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
}

// Keys without a modifier, for reading: "/" goes to the search box, and those of keys.js, which comes with the first. Never
// while somebody types or composes, while what a link opens is awaited (it may be a box, whose first words these are), in a
// dialog, or when they are turned off in this browser.
const TYPING = "input, textarea, select, [contenteditable], [role=slider], svg[tabindex]";
const FIRST = new Set("?？jkrg");
export const SWITCH = "chainrule:keys";

export function attachSingleKeys(load) {
  let keys = null;
  let isLeaving = false;
  addEventListener("click", (event) => { isLeaving = leadsAway(event); });
  addEventListener("pageshow", () => { isLeaving = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") isLeaving = false; // which stops the browser
    if (isLeaving || isTaken(event)) return;
    if (event.key === "/") { search(event); return; }
    if (FIRST.has(event.key)) {
      event.preventDefault(); // or an r that goes to a text would be written there
      keys ??= load();
    }
    keys?.then((all) => all.press(event.key), () => { keys = null; });
  });
}

function isTaken(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return true;
  return Boolean(event.target.closest?.(TYPING) || document.querySelector("dialog[open], [data-swapping]")) || isOff();
}

// Whether the browser is about to show another page in place of this one.
function leadsAway(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
  if (link.target || link.hasAttribute("download")) return false;
  return link.href.split("#")[0] !== location.href.split("#")[0];
}

export function isOff() {
  try { return localStorage.getItem(SWITCH) === "off"; } catch { return false; }
}

function search(event) {
  const box = document.querySelector("[data-search-key]");
  if (!box || !box.checkVisibility()) return;
  event.preventDefault();
  box.focus();
  box.select();
}

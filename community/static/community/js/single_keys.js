// Keys without a modifier, for reading: "/" goes to the search box, and those of keys.js, which comes with the first. Never
// while somebody types or composes, in a dialog, or when they are turned off in this browser.
const TYPING = "input, textarea, select, [contenteditable], [role=slider], svg[tabindex]";
const FIRST = new Set("?？jkrg");
export const SWITCH = "chainrule:keys";

export function attachSingleKeys(load) {
  let keys = null;
  document.addEventListener("keydown", (event) => {
    if (isTaken(event)) return;
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
  return Boolean(event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) || isOff();
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

// "/" goes to the search box, never while somebody types or composes.
const TYPING = "input, textarea, select, [contenteditable]";

export function attachSearchKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPING)) return;
    const box = document.querySelector("[data-search-key]");
    if (!box || !box.checkVisibility()) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// Menus are <details>: they open without script. This closes them again.
export function attachMenus() {
  document.addEventListener("click", (event) => closeAll(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const open = event.target.closest?.("details[data-menu][open]") ?? document.querySelector("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

function closeAll(clicked) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(clicked)) menu.open = false;
  }
}

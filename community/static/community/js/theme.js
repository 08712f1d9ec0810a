// Light, auto, dark: shown at once, kept by the server as the form without script would keep it.
import { post } from "./http.js";
import { keep } from "./returned.js";

export function attachThemeSwitch() {
  document.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (pressed?.name !== "theme" || !pressed.closest("[data-switches]")) return;
    event.preventDefault();
    choose(pressed.value);
    post(event.target.action, { theme: pressed.value });
  });
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-switches] [name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  keep();
}

// Light, auto, dark: shown at once, kept by the server as the form without script would keep it.
import { post } from "./http.js";

export function attachThemeSwitch() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-switch]");
    if (!form || event.submitter?.name !== "theme") return;
    event.preventDefault();
    choose(event.submitter.value);
    post(form.action, { theme: event.submitter.value });
  });
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

// Run a config without leaving the page: the card comes below the editor and draws itself while it trains.
//   [data-playground]: form[data-config], [data-result], [data-refusal], [data-play]
import { csrfToken } from "./http.js";
import { showProblems } from "./problems.js";

export function attach(place) {
  const form = place.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.busy) play(place, form);
  });
}

async function play(place, form) {
  const button = form.querySelector("[data-play]");
  form.dataset.busy = "yes";
  button.setAttribute("aria-disabled", "true");
  const answer = await send(form);
  delete form.dataset.busy;
  button.removeAttribute("aria-disabled");
  if (!answer) { form.submit(); return; }
  if (answer.ok) show(place, form, await answer.text());
  else refuse(place, form, await answer.json().catch(() => ({})));
}

function send(form) {
  const headers = { "X-Requested-With": "fetch", "X-CSRFToken": csrfToken(), Accept: "text/html, application/json;q=0.9" };
  return fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers, credentials: "same-origin" }).catch(() => null);
}

function show(place, form, html) {
  tell(form, "");
  showProblems(form, form.querySelector("[data-config-text]"), []);
  const result = place.querySelector("[data-result]");
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  result.replaceChildren(...fresh.childNodes);
  result.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
}

function refuse(place, form, { problems = [], message = "", error }) {
  showProblems(form, form.querySelector("[data-config-text]"), problems);
  tell(form, message || error?.message || "");
}

function tell(form, words) {
  const refusal = form.querySelector("[data-refusal]");
  refusal.hidden = !words;
  refusal.textContent = words;
}

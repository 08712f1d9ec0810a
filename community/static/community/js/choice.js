// Runs that are chosen to be compared stay chosen from page to page: this address has them, every link from here to a list
// of runs, and the form with the filters. Not more can be chosen than can be compared.
//   form[data-choice="6"] with checkboxes named run and a [data-chosen="{count} of {most} selected"]
export function attach(form) {
  const said = form.querySelector("[data-chosen]");
  const state = { form, said, most: Number(form.dataset.choice), hint: said.textContent };
  document.addEventListener("change", (event) => { if (event.target.form === form) keep(state); });
  keep(state); // a browser that goes back has restored the boxes
}

function keep({ form, said, most, hint }) {
  const boxes = [...form.elements].filter((each) => each.type === "checkbox");
  const chosen = boxes.filter((each) => each.checked).map((each) => each.value);
  for (const box of boxes) box.disabled = !box.checked && chosen.length >= most;
  said.textContent = chosen.length ? said.dataset.chosen.replace("{count}", chosen.length).replace("{most}", most) : hint;
  const runs = chosen.join();
  if (location.search !== withRuns(location.search, runs)) history.replaceState(history.state, "", location.pathname + withRuns(location.search, runs));
  for (const link of document.querySelectorAll("main a")) if (link.pathname === location.pathname) link.search = withRuns(link.search, runs);
  const filters = document.querySelector(".run-filters [name=run]");
  if (filters) filters.value = runs;
}

function withRuns(search, runs) {
  const query = new URLSearchParams(search);
  query.delete("run");
  const rest = query.toString();
  return [rest, runs && `run=${runs}`].filter(Boolean).join("&").replace(/^(?=.)/, "?");
}

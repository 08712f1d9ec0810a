// Two versions of one draft: says so above the editor, shows the other one, and lets the person choose. Nothing waits for it.
//   [data-other-version] hidden; in it [data-other-said], [data-other-source], buttons [data-take] and [data-stay]
export function offerOther(form, other, { said, take, stay }) {
  const bar = form.querySelector("[data-other-version]");
  if (!bar) return;
  bar.querySelector("[data-other-said]").textContent = said;
  bar.querySelector("[data-other-source]").textContent = [other.title, other.source].filter(Boolean).join("\n\n");
  bar.querySelector("[data-take]").onclick = () => choose(bar, take);
  bar.querySelector("[data-stay]").onclick = () => choose(bar, stay);
  bar.hidden = false;
}

async function choose(bar, act) {
  const buttons = [...bar.querySelectorAll("button")];
  const shown = bar.querySelector("[data-other-said]").textContent;
  for (const button of buttons) button.disabled = true;
  const isDone = await act();
  for (const button of buttons) button.disabled = false;
  // while it was done, yet another version may have come
  bar.hidden = isDone && bar.querySelector("[data-other-said]").textContent === shown;
}

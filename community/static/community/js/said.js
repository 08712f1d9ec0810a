// What the playground says: below its bar, what just happened, which is read out and is seen while it has words; and why
// something was not done, with a link to sign in where that helps.
//   form [data-said], [data-refusal][data-sign-in]
const SEEN_MS = 8_000;
const timers = new WeakMap();

export function say(form, words) {
  const said = form.querySelector("[data-said]");
  clearTimeout(timers.get(said));
  said.textContent = words;
  said.classList.remove("visually-hidden");
  timers.set(said, setTimeout(() => {
    if (said.textContent === words) said.textContent = ""; // else it is what was said since
    said.classList.add("visually-hidden");
  }, SEEN_MS));
}

export function tell(form, words, door) {
  const refusal = form.querySelector("[data-refusal]");
  refusal.hidden = !words;
  refusal.textContent = words;
  if (door) refusal.append(" ", Object.assign(document.createElement("a"), { href: door, textContent: refusal.dataset.signIn }));
}

// The line below the bar of the playground, which says what just happened. It is read out, and is seen while it has words.
//   form [data-said]
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

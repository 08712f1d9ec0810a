// The address holds the config: `?c=` with the text, deflated, in URL-safe base64, as community/experiments/sharing.py
// reads it, the run that is shown, and the post that one came from. A text that is as the page came has the page's own
// address; one that is too long for an address has none.
//   form [data-share][data-done][data-not-copied][data-too-long] copies it without run and post; [data-said] says so
const LONGEST = 4_000;
const AFTER_MS = 400;

export function attach(button) {
  const form = button.form;
  const text = form.querySelector("[data-config-text]");
  const begun = { text: text.value, query: location.search, post: location.search.match(/&post=\d+/) ?? "" };
  const state = { text, begun, result: form.querySelector("[data-result]"), timer: 0 };
  text.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => write(state), AFTER_MS);
  });
  button.addEventListener("click", async () => {
    const fits = await write(state);
    const said = form.querySelector("[data-said]");
    const { done, notCopied, tooLong } = button.dataset;
    said.textContent = !fits ? tooLong : await isCopied(location.href.replace(/&(run|post)=\w+/g, "")) ? done : notCopied;
    said.classList.remove("visually-hidden");
    setTimeout(() => { said.textContent = ""; said.classList.add("visually-hidden"); }, 4_000);
  });
}

// A page without HTTPS has no clipboard, and a browser may refuse it.
const isCopied = (words) => (navigator.clipboard?.writeText(words) ?? Promise.reject()).then(() => true, () => false);

async function write({ text, begun, result }) {
  const code = text.value === begun.text ? null : await packed(text.value);
  const fits = code === null || code.length <= LONGEST;
  const run = result.querySelector(".run-card")?.dataset.run;
  const query = code === null ? begun.query : fits ? `?c=${code}${run ? `&run=${run}` : ""}${begun.post}` : "";
  if (query !== location.search) history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
  return fits;
}

export async function packed(words) {
  const stream = new Blob([words]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

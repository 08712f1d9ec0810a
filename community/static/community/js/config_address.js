// The address holds the config: `?c=` with the text, deflated, in URL-safe base64, as community/experiments/sharing.py
// reads it, the run that is shown, and the post that one came from. A text that is as the page came has the page's own
// address; one that is too long for an address has none.
//   form [data-share][data-done][data-not-copied][data-too-long][data-damaged][data-opened] copies it without run and post
import { say } from "./said.js";

const LONGEST = 4_000;
const LONGEST_FRAGMENT = 32_000;
const LONGEST_TEXT = 65_536;  // bytes, as on the server
const FRAGMENT = "#c=";
const AFTER_MS = 400;

export function attach(button) {
  const form = button.form;
  const text = form.querySelector("[data-config-text]");
  const begun = { text: text.value, query: location.search, post: location.search.match(/&post=\d+/) ?? "" };
  const state = { text, begun, result: form.querySelector("[data-result]"), timer: 0 };
  if (text.value === begun.text) open(button, text); // else the text was kept in this tab
  addEventListener("hashchange", async () => { if (await open(button, text)) say(form, button.dataset.opened); });
  text.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => write(state), AFTER_MS);
  });
  button.addEventListener("click", async () => {
    const fits = await write(state);
    const { done, notCopied, tooLong } = button.dataset;
    say(form, !fits ? tooLong : await isCopied(shared()) ? done : notCopied);
  });
}

// A page without HTTPS has no clipboard, and a browser may refuse it.
const isCopied = (words) => (navigator.clipboard?.writeText(words) ?? Promise.reject()).then(() => true, () => false);

// Whoever is sent a text gets it without the run and the post that it is shown with.
function shared() {
  if (location.hash.startsWith(FRAGMENT)) return `${location.origin}${location.pathname}${location.hash}`;
  return location.href.replace(/&(run|post)=\w+/g, "");
}

// The text of a fragment takes the place of the one that was there; true if that was another one.
async function open({ form, dataset }, text) {
  if (!location.hash.startsWith(FRAGMENT)) return false;
  const words = await unpacked(location.hash.slice(FRAGMENT.length)).catch(() => null);
  if (words === null) {
    const refusal = form.querySelector("[data-refusal]");
    refusal.hidden = false;
    refusal.textContent = dataset.damaged;
    return false;
  }
  if (words === text.value) return false;
  text.value = words;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

async function write({ text, begun, result }) {
  const code = text.value === begun.text ? null : await packed(text.value);
  const run = result.querySelector(".run-card")?.dataset.run;
  const isLong = code?.length > LONGEST;
  const fits = !isLong || code.length <= LONGEST_FRAGMENT;
  const beside = `${run ? `&run=${run}` : ""}${begun.post}`;
  const hash = isLong && fits ? `${FRAGMENT}${code}` : location.hash.startsWith(FRAGMENT) ? "" : location.hash;
  const query = code === null ? begun.query : isLong ? (fits ? beside.replace("&", "?") : "") : `?c=${code}${beside}`;
  if (query !== location.search || hash !== location.hash) history.replaceState(history.state, "", `${location.pathname}${query}${hash}`);
  return fits;
}

// Raises for what is no such code, and for one of a longer text than a config may be.
export async function unpacked(code) {
  if (code.length > LONGEST_FRAGMENT) throw new RangeError();
  const bytes = Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let words = "";
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return words + decoder.decode();
    size += value.length;
    if (size > LONGEST_TEXT) { reader.cancel(); throw new RangeError(); }
    words += decoder.decode(value, { stream: true });
  }
}

export async function packed(words) {
  const stream = new Blob([words]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

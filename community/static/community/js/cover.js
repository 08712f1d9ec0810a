// The picture at the top of an article: sent when it is chosen, so that previews and drafts need not carry it.
//   <div data-cover data-upload-url data-failed> [data-cover-choose] file; [data-cover-kept] hidden; [data-cover-shown]
import { post } from "./http.js";

export function attach(place) {
  const part = (name) => place.querySelector(`[data-cover-${name}]`);
  const chooser = part("choose");
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    const fields = new FormData();
    fields.set("picture", file, file.name);
    chooser.value = "";
    chooser.disabled = true;
    const answer = await post(place.dataset.uploadUrl, fields).catch(() => null);
    const brought = await answer?.json().catch(() => null);
    chooser.disabled = false;
    if (answer?.ok) show(part, brought);
    else say(part, brought?.error?.message || place.dataset.failed);
  });
}

function show(part, { url, width, height }) {
  const kept = part("kept");
  kept.value = url.split("/").pop().split(".")[0];
  kept.dispatchEvent(new Event("input", { bubbles: true }));
  Object.assign(part("picture"), { src: url, width, height });
  part("shown").hidden = false;
  part("shown").querySelector("input[type=checkbox]").checked = false;
  say(part, "");
}

function say(part, sentence) {
  part("error").textContent = sentence;
  part("error").hidden = !sentence;
}

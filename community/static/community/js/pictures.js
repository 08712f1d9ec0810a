// Pictures by paste, drop and choice: each leaves a mark in the text while it travels, and its Markdown when it is there.
import { insertBlock, put } from "./insert.js";
import { PICTURE_BYTES, PICTURE_TYPES, markOf } from "./picture_marks.js";
import { isTravelling, line, upload } from "./uploads.js";
import { tell } from "./status.js";
import { word } from "./words.js";

const WITHIN = /^(?:\s|>|[-*+] |\d+[.)] )/;

export function takePictures(editor) {
  const { form, text, urls } = editor;
  if (!urls.uploadUrl) return;
  form.dataset.takesPictures = "";
  text.addEventListener("paste", (event) => take(editor, event, event.clipboardData));
  text.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  text.addEventListener("drop", (event) => take(editor, event, event.dataTransfer));
  text.addEventListener("chainrule:pictures", ({ detail }) => sendAll(editor, detail));
  const chooser = form.querySelector("[data-choose-picture]");
  chooser?.addEventListener("change", () => { [...chooser.files].forEach((file) => send(editor, file)); chooser.value = ""; });
  form.querySelector("[data-picture-button]")?.addEventListener("click", () => chooser?.click());
  form.addEventListener("submit", (event) => waitFor(editor, event), { capture: true });
}

// A text is not sent with the mark of a picture that is on its way. Nothing else hears of the attempt.
function waitFor(editor, event) {
  if (!isTravelling(editor.form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(editor, word("pictureWait"));
}

function take(editor, event, brought) {
  const pictures = [...(brought?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const isWord = event.type === "paste" && brought.getData("text/plain").trim(); // which brings a picture of its words too
  if (!pictures.length || isWord) return;
  event.preventDefault();
  pictures.forEach((file) => send(editor, file));
}

// Pictures of a text that was pasted with their marks, one after the other.
async function sendAll(editor, pictures) {
  for (const { file, mark } of pictures) if (editor.text.value.includes(mark)) await send(editor, file, mark);
}

async function send(editor, file, given = "") {
  if (!PICTURE_TYPES.has(file.type)) return say(editor, word("pictureType"));
  if (file.size > PICTURE_BYTES) return say(editor, word("pictureSize"));
  const mark = given || markOf();
  if (!given) place(editor.text, mark);
  const fields = new FormData();
  fields.set("picture", file, file.name);
  const stop = new AbortController();
  const row = line(editor.form, file.name, { cancel: () => stop.abort(), again: () => send(editor, file) });
  const { status, answer } = await upload(editor.urls.uploadUrl, fields, { onProgress: row.show, signal: stop.signal });
  const isThere = status === 201 && answer?.markdown;
  replace(editor.text, mark, isThere ? answer.markdown : "");
  if (isThere) return arrived(editor, row);
  if (stop.signal.aborted) return null;
  if (status === 422) row.close();
  else row.fail();
  return say(editor, answer?.error?.message || word("pictureFailed"));
}

// A picture is a paragraph of its own, but stays in the list item or the quote that it is put into.
function place(text, mark) {
  const line = text.value.slice(text.value.lastIndexOf("\n", text.selectionStart - 1) + 1, text.selectionStart);
  if (WITHIN.test(line)) put(text, text.selectionStart, text.selectionEnd, `${mark}\n`);
  else insertBlock(text, mark);
}

// How a caption and a width are written is said when there is a picture to give them to.
function arrived(editor, row) {
  row.close();
  return say(editor, word("pictureThere"), false);
}

// Without words the empty lines go that came with the mark.
function replace(text, mark, words) {
  const at = text.value.indexOf(mark);
  if (at < 0) return;
  const end = at + mark.length;
  const after = text.value.slice(end);
  const start = words ? at : text.value.slice(0, at).replace(/\n+$/, "").length;
  const below = words || (start && after.trim()) ? 0 : after.match(/^\n*/)[0].length;
  text.setRangeText(words, start, end + below, "preserve");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function say({ status }, sentence, isBad = true) {
  tell(status, sentence, isBad);
}

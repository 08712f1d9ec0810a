// A notebook of Jupyter as Markdown: its words, its code in fences, and what the code printed, as far as it is short; its
// pictures as files, each with the mark that is in the words where it belongs; and how many pictures are left out.
import { PICTURE_BYTES, PICTURE_TYPES, markOf } from "./picture_marks.js";

const MOST_LINES = 20;
const MOST_OF_ONE = 2_000;
const MOST_CELLS = 500;
const MOST_FILES = 20;
const PICTURES = /!\[[^[\]\n]*\]\((attachment|data):([^()\n]*)\)?/g; // which are in the file; none begins within another
const PICTURE_TYPE = /^(?:image\/.+|png|jpeg|svg)$/;
const COLOURS = /\u001b\[[\d;]*[A-Za-z]/g;

// Null for what is no notebook, or has nothing in it. Without `takesFiles` all pictures are left out.
export function markdownOfNotebook(json, takesFiles = false) {
  if (!json.trimStart().startsWith("{") || !json.includes('"nbformat"')) return null;
  let book = null;
  try { book = JSON.parse(json); } catch { return null; }
  const cells = book.cells ?? book.worksheets?.[0]?.cells;
  if (!Array.isArray(cells)) return null;
  const language = book.metadata?.language_info?.name ?? book.metadata?.kernelspec?.language ?? "python";
  const state = { language: String(language), pictures: 0, files: [], most: takesFiles ? MOST_FILES : 0 };
  const words = cells.slice(0, MOST_CELLS).flatMap((cell) => written(cell ?? {}, state)).filter(Boolean).join("\n\n");
  return words || state.pictures ? { words, pictures: state.pictures, files: state.files } : null;
}

const text = (source) => (Array.isArray(source) ? source.join("") : typeof source === "string" ? source : "");

function written(cell, state) {
  const source = text(cell.source ?? cell.input).trim();
  if (cell.cell_type === "markdown") return [source.replace(PICTURES, (_whole, kind, rest) => (kind === "data" ? ofAddress(rest, state) : ofBundle(cell.attachments?.[rest], rest, state)))];
  if (cell.cell_type !== "code") return [source && fenced(source, "")];
  const language = /^[\w+-]{1,20}$/.test(state.language) ? state.language : "";
  return [source && fenced(source, language), ...(Array.isArray(cell.outputs) ? cell.outputs : []).flatMap((output) => printed(output, state))];
}

function ofAddress(address, state) {
  const [, type, data] = /^([\w/+.-]{1,40});base64,(.*)$/.exec(address) ?? [];
  return picture(type, data, "", state);
}

// A picture in several types: the first that can be sent.
function ofBundle(bundle, name, state) {
  const types = bundle && typeof bundle === "object" ? Object.keys(bundle) : [];
  const type = types.find((each) => PICTURE_TYPES.has(each));
  return picture(type, type && text(bundle[type]), name, state);
}

// The mark of a picture, and the file beside the words; or no mark for one that is left out.
function picture(type, data, name, state) {
  const file = PICTURE_TYPES.has(type) && state.files.length < state.most ? fileOf(type, data ?? "", name || `figure-${state.files.length + 1}.${type.split("/")[1]}`) : null;
  if (!file) { state.pictures += 1; return ""; }
  const mark = markOf();
  state.files.push({ file, mark });
  return mark;
}

function fileOf(type, base64, name) {
  if (base64.length > PICTURE_BYTES * 1.4) return null;
  let bytes = "";
  try { bytes = atob(base64.replace(/\s+/g, "")); } catch { return null; }
  return bytes && bytes.length <= PICTURE_BYTES ? new File([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))], name.slice(0, 100), { type }) : null;
}

// Beside a picture, its name such as <Figure size 640x480 with 1 Axes> is left out with it.
function printed(output, state) {
  const data = output?.data ?? output ?? {};
  const isPicture = Object.keys(data).some((type) => PICTURE_TYPE.test(type));
  const mark = isPicture && ofBundle(data, "", state);
  const said = output?.text ?? output?.data?.["text/plain"] ?? (output?.output_type === "error" ? [`${output.ename}: ${output.evalue}`] : "");
  const words = text(said).replace(COLOURS, "").trim();
  return [mark, words && !(isPicture && /^<[^\n]*>$/.test(words)) && fenced(cut(words), "text")];
}

function cut(words) {
  const rows = words.split("\n");
  const kept = rows.slice(0, MOST_LINES).join("\n").slice(0, MOST_OF_ONE).trimEnd();
  return kept.length < words.length ? `${kept}\n…` : kept;
}

function fenced(code, language) {
  const fence = "`".repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map((run) => run[0].length + 1)));
  return `${fence}${language}\n${code}\n${fence}`;
}

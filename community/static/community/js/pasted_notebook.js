// A notebook of Jupyter as Markdown: its words, its code in fences, and what the code printed, as far as it is short; and how
// many pictures are left out.
const MOST_LINES = 20;
const MOST_OF_ONE = 2_000;
const MOST_CELLS = 500;
const PICTURES = /!\[[^[\]\n]*\]\((?:attachment|data):[^()\n]*\)?/g; // which are in the file; none begins within another
const PICTURE_TYPE = /^(?:image\/.+|png|jpeg|svg)$/;
const COLOURS = /\u001b\[[\d;]*[A-Za-z]/g;

// Null for what is no notebook, or has nothing in it.
export function markdownOfNotebook(json) {
  if (!json.trimStart().startsWith("{") || !json.includes('"nbformat"')) return null;
  let book = null;
  try { book = JSON.parse(json); } catch { return null; }
  const cells = book.cells ?? book.worksheets?.[0]?.cells;
  if (!Array.isArray(cells)) return null;
  const language = book.metadata?.language_info?.name ?? book.metadata?.kernelspec?.language ?? "python";
  const state = { language: String(language), pictures: 0 };
  const words = cells.slice(0, MOST_CELLS).flatMap((cell) => written(cell ?? {}, state)).filter(Boolean).join("\n\n");
  return words || state.pictures ? { words, pictures: state.pictures } : null;
}

const text = (source) => (Array.isArray(source) ? source.join("") : typeof source === "string" ? source : "");

function written(cell, state) {
  const source = text(cell.source ?? cell.input).trim();
  if (cell.cell_type === "markdown") return [source.replace(PICTURES, () => { state.pictures += 1; return ""; })];
  if (cell.cell_type !== "code") return [source && fenced(source, "")];
  const language = /^[\w+-]{1,20}$/.test(state.language) ? state.language : "";
  return [source && fenced(source, language), ...(Array.isArray(cell.outputs) ? cell.outputs : []).map((output) => printed(output, state))];
}

// Beside a picture, its name such as <Figure size 640x480 with 1 Axes> is left out with it.
function printed(output, state) {
  const isPicture = Object.keys(output?.data ?? output ?? {}).some((type) => PICTURE_TYPE.test(type));
  if (isPicture) state.pictures += 1;
  const said = output?.text ?? output?.data?.["text/plain"] ?? (output?.output_type === "error" ? [`${output.ename}: ${output.evalue}`] : "");
  const words = text(said).replace(COLOURS, "").trim();
  return words && !(isPicture && /^<[^\n]*>$/.test(words)) && fenced(cut(words), "text");
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

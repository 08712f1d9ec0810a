// Words as Markdown that shows them as they are: what it would read as a formula, a form, a link,
// a list or an emoji is escaped.
export function escaped(words) {
  return words.replace(/[`*$]|\\(?=[!-/:-@[-`{-~])|<(?=[a-z/!])|\](?=\()|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)|(?<=~)~|(?<![a-z0-9_:[\]]):(?=[a-z0-9_+-]+:(?![a-z0-9_:\]]))/giu, "\\$&");
}

// The beginnings of lines that would be a list, a quote or a heading.
export const guarded = (lines) => lines.replace(/^(#{1,6} |[-+>] |>)/gm, "\\$1").replace(/^(\d{1,9})([.)] )/gm, "$1\\$2");

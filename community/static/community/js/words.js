// The words a script may need, in the page's language; templates carry them in data attributes.
const words = {};
for (const id of ["words", "editor-words"]) Object.assign(words, document.getElementById(id)?.dataset);

export function word(name, values = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// The words a script may need, in the page's language; templates carry them in data attributes of [data-words].
// They are looked up when they are said: an editor may come later than its page.
export function word(name, values = {}) {
  const place = [...document.querySelectorAll("[data-words]")].find((each) => name in each.dataset);
  return (place?.dataset[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// A moment and a time of day as the page's language writes them.
export function moment(at) {
  return new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

export function clock(at = Date.now()) {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
}

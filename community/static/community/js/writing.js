// What a form for a text holds, as it is saved: title, text, and the other boxes a person fills in.
const NOT_FIELDS = new Set(["source", "title", "draft_key", "draft_version", "base_version", "submission", "again", "seen", "written_by"]);

export function written(form) {
  const sent = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => !NOT_FIELDS.has(name)));
  return { title: sent.title ?? "", source: sent.source ?? "", fields, base_version: Number(sent.base_version || 0) };
}

// Puts a saved text into the form, as if it were typed.
export function fill(form, { title = "", source = "", fields = {} }) {
  for (const [name, value] of Object.entries({ ...fields, title, source })) {
    const box = form.elements[name];
    if (box instanceof Element && !["hidden", "file", "checkbox"].includes(box.type)) box.value = value;
  }
  form.elements.source.dispatchEvent(new Event("input", { bubbles: true }));
}

// Whether somebody typed since the server made the form.
export function isTouched(form) {
  return [...form.elements].some((box) => box.type !== "hidden" && "defaultValue" in box && box.value !== box.defaultValue);
}

// Equal but for line ends and the space at the end, which the server changes.
export function isSame(one, other) {
  return plain(one.title) === plain(other.title) && plain(one.source) === plain(other.source);
}

const plain = (text) => (text ?? "").replace(/\r\n?/g, "\n").normalize().trim();

// A short stand-in for a text, to recognise it by.
export function fingerprint({ title, source }) {
  const text = `${plain(title)}\n${plain(source)}`;
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    one = Math.imul(one ^ text.charCodeAt(i), 0x01000193);
    other = Math.imul(other ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return `${text.length}.${one >>> 0}.${other >>> 0}`;
}

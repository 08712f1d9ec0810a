// Footnotes stand in the margin beside their mark where there is room; otherwise they stay at the end.
const WIDE = matchMedia("(min-width: 80rem)");
const GAP = 14;

export function attach(text) {
  const notes = [...text.querySelectorAll("a.footnote-ref")].map((mark) => noteOf(mark, text)).filter(Boolean);
  if (!notes.length) return;
  const place = () => (WIDE.matches ? show(text, notes) : hide(text, notes));
  WIDE.addEventListener("change", place);
  new ResizeObserver(place).observe(text);
  document.fonts?.ready.then(place);
  place();
}

function noteOf(mark, text) {
  const source = text.querySelector(`[id="${CSS.escape(decodeURIComponent(mark.hash.slice(1)))}"]`);
  if (!source) return null;
  const note = document.createElement("aside");
  note.className = "sidenote";
  note.setAttribute("aria-hidden", "true"); // the footnote itself is read at the end, where its mark leads
  const words = source.cloneNode(true);
  words.querySelectorAll(".footnote-backref").forEach((each) => each.remove());
  words.querySelectorAll("[id]").forEach((each) => each.removeAttribute("id"));
  words.querySelectorAll("a").forEach((each) => { each.tabIndex = -1; });
  const number = document.createElement("span");
  number.className = "sidenote-number";
  number.textContent = mark.textContent;
  note.append(number, ...words.childNodes);
  return { mark, note };
}

function show(text, notes) {
  text.classList.add("has-sidenotes");
  let free = -Infinity;
  const top = text.getBoundingClientRect().top;
  for (const { mark, note } of notes) {
    if (!note.isConnected) text.append(note);
    const at = Math.max(mark.getBoundingClientRect().top - top - 4, free);
    note.style.setProperty("inset-block-start", `${at}px`);
    free = at + note.offsetHeight + GAP;
  }
}

function hide(text, notes) {
  text.classList.remove("has-sidenotes");
  notes.forEach(({ note }) => note.remove());
}

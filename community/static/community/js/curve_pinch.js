// Two fingers on a curve choose its range: what is below them stays there. The lines follow at once, the rest when it is
// drawn.
const LEAST_PX = 24;  // between the fingers

export function addPinch(section, whole, zoom) {
  const fingers = new Map();
  let pinch = null;
  const ends = () => [...fingers.values()].sort((a, b) => a - b);
  section.addEventListener("pointerdown", (event) => {
    const lines = event.target.closest(".curve-place")?.querySelector("svg.lines");
    if (!lines || event.pointerType !== "touch") return;
    if (event.isPrimary) fingers.clear(); // one may have been lost with a curve that was replaced
    fingers.set(event.pointerId, event.clientX);
    pinch = fingers.size === 2 ? begin(lines, ends()) : null;
    if (pinch) lines.closest(".curve-place").dispatchEvent(new FocusEvent("blur")); // what was read there
  });
  section.addEventListener("pointermove", (event) => {
    if (!pinch || !fingers.has(event.pointerId)) return;
    event.stopPropagation();
    fingers.set(event.pointerId, event.clientX);
    stretch(pinch, whole ?? wholeOf(section), ends());
  }, { capture: true });
  for (const name of ["pointerup", "pointercancel"]) section.addEventListener(name, async (event) => {
    if (!fingers.delete(event.pointerId) || !pinch) return;
    const { to, lines, box } = pinch;
    pinch = null;
    if (to && name === "pointerup") await zoom(...to);
    lines.setAttribute("viewBox", box);
  });
}

// The ends of what can be chosen.
const wholeOf = (section) => (section.querySelector("[data-range]")?.dataset.range ?? "0 0").split(" ").map(Number);

// The place of the lines is measured before they are stretched beyond it.
function begin(lines, [left, right]) {
  if (right - left < LEAST_PX) return null;
  const place = lines.getBoundingClientRect();
  const [low, high] = lines.closest(".curve-place").dataset.span.split(" ").map(Number);
  const at = (x) => low + ((high - low) * (x - place.left)) / place.width;
  return { lines, box: lines.getAttribute("viewBox"), place, low, high, from: [at(left), at(right)], to: null };
}

function stretch(pinch, [first, last], [left, right]) {
  if (right - left < LEAST_PX) return;
  const { lines, box, place, low, high, from: [a, b] } = pinch;
  const range = ((b - a) * place.width) / (right - left);
  const start = a - (range * (left - place.left)) / place.width;
  const [from, to] = [Math.max(first, Math.round(start)), Math.min(last, Math.round(start + range))];
  if (to <= from) return;
  pinch.to = [from > first ? from : "", to < last ? to : ""];
  const [x, y, width, height] = box.split(" ").map(Number);
  const part = (value) => (width * value) / (high - low);
  lines.setAttribute("viewBox", `${x + part(from - low)} ${y} ${part(to - from)} ${height}`);
}

// A pointer along a curve reads the exact values there: the nearest recorded point, its median and quartiles.
//   .curve-place[data-readings="[[share of the way, epoch, median, low, high], …]"][data-where][data-median]
export function attach(place) {
  const readings = JSON.parse(place.dataset.readings || "[]");
  if (readings.length < 2) return;
  let guide = null;
  let said = null;

  const leave = () => { guide?.remove(); said?.remove(); guide = said = null; };
  place.addEventListener("pointerleave", leave);
  place.addEventListener("pointermove", (event) => {
    const lines = place.querySelector("svg.lines")?.getBoundingClientRect();
    const share = lines ? (event.clientX - lines.left) / lines.width : -1;
    if (share < -0.02 || share > 1.02) { leave(); return; }
    guide ??= place.appendChild(part("curve-guide"));
    said ??= place.appendChild(part("curve-said"));
    const reading = nearest(readings, share);
    const frame = place.getBoundingClientRect();
    const x = lines.left - frame.left + reading[0] * lines.width;
    guide.style.insetInlineStart = `${x}px`;
    said.replaceChildren(...words(reading, place.dataset));
    said.style.insetInlineStart = `${Math.max(0, Math.min(x + 8, frame.width - said.offsetWidth))}px`;
  });
}

function part(name) {
  const element = document.createElement("div");
  element.className = name;
  element.setAttribute("aria-hidden", "true");
  return element;
}

function nearest(readings, share) {
  let low = 0;
  let high = readings.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (readings[middle][0] < share) low = middle;
    else high = middle;
  }
  return share - readings[low][0] < readings[high][0] - share ? readings[low] : readings[high];
}

function words([, where, median, low, high], { where: place, median: name }) {
  const value = Object.assign(document.createElement("b"), { textContent: median });
  const spread = low === undefined || low === high ? "" : ` (${low} – ${high})`;
  return [`${place.replace("{number}", where)} · ${low === undefined ? "" : `${name} `}`, value, spread];
}

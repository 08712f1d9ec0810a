// Values at places of a drawing: the nearest to a mouse or a finger, or, with the arrow keys, the next in a direction.
//   .spots-place[data-spots="[[share from the left, share from the top, what is read], …]"][data-label]
import { bubble } from "./bubble.js";

export function attach(place) {
  const spots = JSON.parse(place.dataset.spots || "[]");
  if (!spots.length) return;
  const state = { place, spots, at: 0, said: bubble(place, "spot-mark") };
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", place.dataset.label);
  place.addEventListener("pointerdown", (event) => point(state, event));
  place.addEventListener("pointermove", (event) => point(state, event));
  place.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") state.said.hide(); });
  place.addEventListener("focus", () => { if (place.matches(":focus-visible")) show(state); });
  place.addEventListener("blur", () => state.said.hide());
  place.addEventListener("keydown", (event) => step(state, event));
}

const area = (place) => (place.querySelector("svg > .lines") ?? place.querySelector("svg")).getBoundingClientRect();

function point(state, event) {
  const box = area(state.place);
  const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  if (x < -0.05 || x > 1.05 || y < -0.05 || y > 1.05) { state.said.hide(); return; }
  const far = (spot) => ((spot[0] - x) * box.width) ** 2 + ((spot[1] - y) * box.height) ** 2;
  state.at = state.spots.reduce((best, spot, index) => (far(spot) < far(state.spots[best]) ? index : best), 0);
  show(state);
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function step(state, event) {
  if (event.key === "Escape") state.said.hide();
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const ends = { Home: 0, End: state.spots.length - 1 };
  if (event.key in ends) state.at = ends[event.key];
  else if (event.key in WAYS) state.at = next(state, WAYS[event.key]);
  else return;
  event.preventDefault();
  show(state);
}

// The nearest spot in a direction; sideways distance counts more.
function next({ spots, at }, [dx, dy]) {
  let found = at;
  let least = Infinity;
  spots.forEach(([x, y], index) => {
    const [right, down] = [x - spots[at][0], y - spots[at][1]];
    const ahead = right * dx + down * dy;
    const cost = ahead + 3 * Math.abs(right * dy + down * dx);
    if (ahead > 1e-4 && cost < least) { least = cost; found = index; }
  });
  return found;
}

function show({ place, spots, at, said }) {
  const [box, frame] = [area(place), place.getBoundingClientRect()];
  said.show(box.left - frame.left + spots[at][0] * box.width, [spots[at][2]], box.top - frame.top + spots[at][1] * box.height);
}

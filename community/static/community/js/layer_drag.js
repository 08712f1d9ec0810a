// Drag a layer to another place in the row, with a mouse or a finger; Escape lets it go where it was, and so does a change
// of the text, after which the row may be of other layers. The arrow buttons do the same from the keyboard.
//   [data-layers] > [data-layer="1"][data-moves] [data-grip], which is the handle
const FAR_PX = 6;
const NEAR_PX = 48;  // from a layer, in the gaps and beyond the ends of the row

export function attachDrag(panel, text, move) {
  for (const handle of panel.querySelectorAll("[data-moves] [data-grip]")) {
    handle.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.isPrimary) begin(event, handle.closest("[data-moves]"), text, move);
    });
  }
}

function begin(event, layer, text, move) {
  event.preventDefault();
  const { left, top } = layer.getBoundingClientRect();
  const drag = { layer, from: event, at: event, inside: [event.clientX - left, event.clientY - top], isFar: false, over: null };
  const begun = text.value;
  const listening = new AbortController();
  const hear = (name, act) => addEventListener(name, act, { signal: listening.signal, capture: true });
  const end = (isDone) => {
    listening.abort();
    layer.style.translate = "";
    layer.classList.remove("is-dragged");
    drag.over?.classList.remove("is-over");
    if (isDone && drag.over) move(layer.dataset.layer, drag.over.dataset.layer);
  };
  const go = (event) => {
    if (event.type !== "scroll") drag.at = event;
    if (text.value === begun) follow(drag);
    else end(false);
  };
  hear("pointermove", go);
  hear("scroll", go);
  hear("pointerup", (event) => { go(event); if (!listening.signal.aborted) end(true); });
  hear("pointercancel", () => end(false));
  hear("keydown", ({ key }) => { if (key === "Escape") end(false); });
}

// The places are where they are now: the page or the row may have been scrolled.
function follow(drag) {
  const { layer, from, at: { clientX, clientY }, inside } = drag;
  drag.isFar ||= Math.hypot(clientX - from.clientX, clientY - from.clientY) >= FAR_PX;
  if (!drag.isFar) return;
  layer.classList.add("is-dragged");
  layer.style.translate = "";
  const places = [...layer.parentElement.querySelectorAll("[data-moves]")].map((each) => [each, each.getBoundingClientRect()]);
  const { left, top } = layer.getBoundingClientRect();
  layer.style.translate = `${clientX - inside[0] - left}px ${clientY - inside[1] - top}px`;
  drag.over?.classList.remove("is-over");
  drag.over = nearest(layer, places, clientX, clientY);
  drag.over?.classList.add("is-over");
}

// The layer whose place is nearest to the pointer; none where that is the place it was taken from.
function nearest(layer, places, x, y) {
  const [[far, found]] = places.map(([each, box]) => [away(box, x, y), each]).sort(([a], [b]) => a - b);
  return far < NEAR_PX && found !== layer ? found : null;
}

const away = ({ left, right, top, bottom }, x, y) => Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));

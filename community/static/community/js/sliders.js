// A slider beside each number: linear, or by decades where the number has data-log. The number is the field that is sent.
//   <input type="number" data-control="optimizer.lr" data-low="0.0001" data-high="10" data-log>
const STEPS = 200;
const OF = new WeakMap();

export function addSliders(panel) {
  for (const field of panel.querySelectorAll("input[type=number][data-low]")) {
    if (OF.has(field)) continue;
    const slider = document.createElement("input");
    slider.type = "range";
    slider.max = steps(field);
    slider.setAttribute("aria-label", field.labels[0]?.textContent ?? field.getAttribute("aria-label"));
    OF.set(field, slider);
    field.after(slider);
    syncSlider(field);
    for (const kind of ["input", "change"]) slider.addEventListener(kind, (event) => {
      event.stopPropagation();
      field.value = valueAt(field, Number(slider.value));
      say(field, slider);
      field.dispatchEvent(new Event(kind, { bubbles: true }));
    });
  }
}

export function syncSlider(field) {
  const slider = OF.get(field);
  if (!slider || slider === document.activeElement) return;
  slider.value = placeOf(field, Number(field.value));
  say(field, slider);
}

function say(field, slider) {
  slider.setAttribute("aria-valuetext", field.value);
  slider.style.setProperty("--share", `${(100 * slider.value) / slider.max}%`);
}

function ends({ dataset }) {
  const low = Number(dataset.low);
  const high = Number(dataset.high);
  return "log" in dataset ? [Math.log10(low), Math.log10(high)] : [low, high];
}

function steps(field) {
  const [low, high] = ends(field);
  return "whole" in field.dataset && !("log" in field.dataset) ? Math.round(high - low) : STEPS;
}

// Two digits are what a slider can say.
export function valueAt(field, step) {
  const [low, high] = ends(field);
  const at = low + ((high - low) * step) / steps(field);
  const value = "log" in field.dataset ? 10 ** at : at;
  const short = Number(value.toPrecision(2));
  return String("whole" in field.dataset ? Math.round(short) : short);
}

function placeOf(field, value) {
  const [low, high] = ends(field);
  const at = "log" in field.dataset ? Math.log10(Math.max(value, 1e-30)) : value;
  return Math.round((Math.min(1, Math.max(0, (at - low) / (high - low)))) * steps(field));
}

// What a cell of a table says in full: under a mouse or a finger, or, with the arrow keys, the next in a direction.
//   [data-cells="{row} … {column}: {value} of {total}"] around .scroll[tabindex] with a table, whose rows may have [data-total]
import { bubble } from "./bubble.js";

const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const CELL = "tbody td:not(.right-share)";

export function attach(place) {
  const state = { place, table: place.querySelector("table"), said: bubble(place, "spot-mark"), cell: null };
  for (const name of ["pointerdown", "pointermove"]) place.addEventListener(name, ({ target }) => {
    const cell = target.closest(CELL);
    if (cell) show(state, cell);
    else state.said.hide();
  });
  place.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") state.said.hide(); });
  place.addEventListener("focusout", () => state.said.hide());
  place.addEventListener("keydown", (event) => step(state, event));
}

function step(state, event) {
  if (event.key === "Escape") state.said.hide();
  if (!(event.key in WAYS) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { table, cell } = state;
  const [down, right] = WAYS[event.key];
  const next = cell ? table.rows[cell.parentElement.rowIndex + down]?.cells[cell.cellIndex + right] : table.querySelector(CELL);
  show(state, next?.matches(CELL) ? next : cell);
}

function show(state, cell) {
  const { place, table, said } = state;
  state.cell = cell;
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  const row = cell.parentElement;
  const read = { row: row.cells[0], column: table.tHead.rows[0].cells[cell.cellIndex], value: cell };
  const words = place.dataset.cells.replace(/{(\w+)}/g, (_, name) => (read[name] ?? { textContent: row.dataset[name] }).textContent.trim());
  const [box, frame] = [cell.getBoundingClientRect(), place.getBoundingClientRect()];
  said.show(box.left - frame.left + box.width / 2, [words], box.top - frame.top + box.height / 2);
}

// A button that copies code as it was written.
import { word } from "./words.js";

const SHOWN_MS = 1600;

export function attach(place) {
  const holder = place.parentElement; // the <pre> itself scrolls, and would take the button along
  if (holder.querySelector(":scope > .copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = word("copy");
  button.addEventListener("click", () => copy(button, codeOf(place)));
  holder.append(button);
}

function codeOf(pre) {
  const clone = pre.cloneNode(true);
  clone.querySelectorAll(".line-number").forEach((each) => each.remove());
  return clone.textContent.replace(/\n$/, "");
}

export async function copy(button, text) {
  const before = button.textContent;
  const done = await (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(() => true, () => false);
  button.textContent = done ? word("copied") : word("copyFailed");
  setTimeout(() => { button.textContent = before; }, SHOWN_MS);
}

// A button that copies the words of another element: <button data-copy-text="#that" hidden>
import { copy } from "./copy.js";

export function attach(button) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, document.querySelector(button.dataset.copyText)?.textContent ?? ""));
}

// A picture of a text over the whole page, by a click on it or Enter. Escape, its button and a click beside it close it; a click
// on it shows it in its own size, and again. Without script, and with a modifier key, it is a link to the picture.
import { word } from "./words.js";

export function attach(link) {
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
}

function open(link) {
  const small = link.querySelector("img");
  const dialog = Object.assign(document.createElement("dialog"), { className: "zoom" });
  const picture = Object.assign(document.createElement("img"), { src: link.href, alt: small?.alt ?? "" });
  const close = button(word("zoomClose"), () => dialog.close());
  const size = button(word("zoomSize"), () => turn(dialog, size));
  size.setAttribute("aria-pressed", "false");
  dialog.setAttribute("aria-label", small?.alt || link.title);
  dialog.append(bar(size, close), around(picture));
  dialog.addEventListener("click", ({ target }) => { if (target === picture) turn(dialog, size); else if (!target.closest("button")) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

function turn(dialog, button) {
  button.setAttribute("aria-pressed", String(dialog.classList.toggle("is-own-size")));
}

function bar(...buttons) {
  const made = Object.assign(document.createElement("p"), { className: "zoom-bar" });
  made.append(...buttons);
  return made;
}

function around(picture) {
  const made = Object.assign(document.createElement("div"), { className: "zoom-room" });
  made.append(picture);
  return made;
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
  made.addEventListener("click", act);
  return made;
}

// What is read at a place of a drawing, in a live region that stays within it, with a mark at the place.
export function bubble(place, name) {
  let mark = null;
  let said = null;
  return {
    hide() {
      mark?.remove();
      said?.remove();
      mark = said = null;
    },
    show(x, words, y) {
      mark ??= place.appendChild(part(name, { "aria-hidden": "true" }));
      said ??= place.appendChild(part("curve-said", { role: "status" }));
      mark.style.insetInlineStart = `${x}px`;
      if (y !== undefined) mark.style.insetBlockStart = `${y}px`;
      said.replaceChildren(...words);
      const room = place.getBoundingClientRect().width - said.offsetWidth;
      said.style.insetInlineStart = `${Math.max(0, Math.min(x + 8, room))}px`;
    },
  };
}

function part(name, attributes) {
  const element = document.createElement("div");
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

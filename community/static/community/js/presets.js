// Ready networks, asked for when the menu is first opened: {"presets": [{"name", "title", "text"}]}
import { insertBlock } from "./insert.js";

export async function openPresets(menu, { urls, text }) {
  const sheet = menu.querySelector("[data-presets-sheet]");
  const answer = await fetch(urls.presetsUrl, { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { presets } = await answer.json();
  sheet.replaceChildren(...presets.map((preset) => item(preset, () => {
    insertBlock(text, `\`\`\`bp\n${preset.text.trimEnd()}\n\`\`\``);
    menu.open = false;
  })));
}

function item({ title }, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "item";
  button.textContent = title;
  button.addEventListener("click", act);
  return button;
}

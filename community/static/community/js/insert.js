// Changes to a textarea that its undo knows of. The caret is then behind the words, also where they are none: Chromium leaves
// it before a newline that ends the text.
export function put(text, start, end, words) {
  const below = text.value.length - end;
  text.focus();
  text.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  text.setSelectionRange(text.value.length - below, text.value.length - below);
}

export function wrap(text, before, after = before) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const chosen = value.slice(start, end);
  const isWrapped = value.slice(start - before.length, start) === before && value.slice(end, end + after.length) === after;
  if (chosen && isWrapped) {
    put(text, start - before.length, end + after.length, chosen);
    text.setSelectionRange(start - before.length, end - before.length);
    return;
  }
  put(text, start, end, before + chosen + after);
  text.setSelectionRange(start + before.length, start + before.length + chosen.length);
}

export function prefixLines(text, prefix) {
  const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const lines = text.value.slice(start, text.selectionEnd).split("\n");
  put(text, start, text.selectionEnd, lines.map((line, index) => prefix.replace("1.", `${index + 1}.`) + line).join("\n"));
}

// A block between empty lines; what is chosen goes between head and tail, or a head alone replaces it.
export function insertBlock(text, head, tail = "", prefix = "") {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const above = !start || value.slice(0, start).endsWith("\n\n") ? "" : value[start - 1] === "\n" ? "\n" : "\n\n";
  const below = value.slice(end).startsWith("\n") ? "\n" : "\n\n";
  const chosen = tail || prefix ? value.slice(start, end).replaceAll("\n", `\n${prefix}`) : "";
  put(text, start, end, above + head + chosen + tail + below);
  const at = start + above.length + head.length;
  text.setSelectionRange(at, at + chosen.length);
}

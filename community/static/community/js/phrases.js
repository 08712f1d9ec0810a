// Chinese titles break between words: the browser's own dictionary says where a line may end.
// Without it a title breaks anywhere, as Chinese text does.
const NEVER_BEGINS = /^[\p{P}\s]/u;
const NEVER_ENDS = /[([{（［【《〈「『“‘\s]$/u;

export function attach(title) {
  if (!Intl.Segmenter || title.classList.contains("phrased")) return;
  const words = new Intl.Segmenter("zh", { granularity: "word" });
  const walker = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    if (/\p{Script=Han}/u.test(walker.currentNode.data) && !walker.currentNode.parentElement.closest("math")) texts.push(walker.currentNode);
  }
  texts.forEach((text) => text.replaceWith(...hinted(text.data, words)));
  title.classList.add("phrased");
}

function hinted(text, words) {
  const pieces = [];
  for (const { segment } of words.segment(text)) {
    const before = pieces.at(-1);
    if (typeof before === "string" && !NEVER_BEGINS.test(segment) && !NEVER_ENDS.test(before)) pieces.push(document.createElement("wbr"));
    pieces.push(segment);
  }
  return pieces;
}

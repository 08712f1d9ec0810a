// Whether the end of a text is in code, or in a formula.
const PARAGRAPH = 4_000; // characters that are looked at for the formula around it

export const paragraphOf = (before) => before.slice(Math.max(before.lastIndexOf("\n\n") + 1, before.length - PARAGRAPH));

export function isInCode(before) {
  const fences = before.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0;
  return fences % 2 === 1 || (paragraphOf(before).match(/`/g)?.length ?? 0) % 2 === 1;
}

// Whether dollars, brackets or an environment are open at the end.
export function isInFormula(paragraph) {
  let closing = "";
  let depth = 0;
  for (let i = 0; i < paragraph.length; i += 1) {
    const two = paragraph.slice(i, i + 2);
    if (two === "\\(" || two === "\\[") closing ||= two === "\\(" ? "\\)" : "\\]";
    else if (paragraph.startsWith("\\begin{", i)) depth += 1;
    else if (paragraph.startsWith("\\end{", i)) depth -= 1;
    else if (two === closing || (closing === "$" && paragraph[i] === "$")) closing = "";
    else if (!closing && paragraph[i] === "$") closing = two === "$$" ? "$$" : "$";
    else if (paragraph[i] !== "\\") continue;
    if (paragraph[i] === "\\" || two === "$$") i += 1;
  }
  return closing !== "" || depth > 0;
}

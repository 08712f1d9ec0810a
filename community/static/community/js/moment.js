// The line of a curve at the epoch that pictures show; none where the curve counts steps.
//   .curve-place[data-span="0 5000"][data-by-step]
export function mark(of, epoch) {
  if (of.hasAttribute("data-by-step")) return;
  const [low, high] = of.dataset.span.split(" ").map(Number);
  const line = of.querySelector("line.moment") ?? marker(of);
  for (const name of ["x1", "x2"]) line.setAttribute(name, `${(100 * (epoch - low)) / (high - low)}%`);
}

function marker(of) {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of Object.entries({ class: "moment", y1: 22, y2: 238 })) line.setAttribute(name, value);
  return of.querySelector("svg.curve").appendChild(line);
}

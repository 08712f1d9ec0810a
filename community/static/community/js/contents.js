// Marks in the table of contents the section that is being read.
//   <div data-contents="#contents"> holds headings with ids; #contents holds links to them
const READING_LINE = 0.28;

export function attach(text) {
  const links = new Map([...document.querySelectorAll(`${text.dataset.contents} a[href^="#"]`)].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!headings.length) return;
  let waiting = false;
  let current = null;
  const mark = () => {
    waiting = false;
    const line = innerHeight * READING_LINE;
    const last = headings.findLast((heading) => heading.getBoundingClientRect().top <= line);
    const link = last && text.getBoundingClientRect().bottom > 0 ? links.get(last.id) : null;
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    link?.scrollIntoView({ block: "nearest", behavior: "instant" });
    current = link;
  };
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(mark);
  }, { passive: true });
  mark();
}

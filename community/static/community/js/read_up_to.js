// Says which posts of a thread's page its reader has read, those that were in view for a moment, and for how long they have
// read: seconds in which the page was in view and something moved in the last two minutes. They are counted by ticks, so a
// clock that jumps, or a machine that slept, adds none.
//   <span data-read-up-to="/threads/5/read/" data-read="12">: they had read to #12
const AFTER_MS = 2_000;
const TICK_S = 10;
const IDLE_TICKS = 12;
const REPORT_S = 60;
const MOST_S = 300;

export function attach({ dataset }) {
  const read = new Set();
  let said = 0;
  let timer = 0;
  let seconds = 0;
  let total = 0;
  let idle = 0;

  const say = () => {
    timer = 0;
    if (read.size === said && !seconds) return;
    said = read.size;
    const url = `${dataset.readUpTo}?posts=${[...read]}${seconds ? `&seconds=${seconds}` : ""}`;
    seconds = 0;
    fetch(url, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => null);
  };
  const look = (entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting).map(({ target }) => Number(target.id.slice("post-".length)));
    for (const number of seen) if (number > dataset.read) read.add(number);
    if (read.size > said && !timer) timer = setTimeout(say, AFTER_MS);
  };
  const tick = () => {
    idle += 1;
    if (document.hidden || idle > IDLE_TICKS || total >= MOST_S) return;
    seconds += TICK_S;
    total += TICK_S;
    if (seconds >= REPORT_S) say();
  };

  const observer = new IntersectionObserver(look);
  document.querySelectorAll("article[id^='post-']").forEach((post) => observer.observe(post));
  for (const moved of ["scroll", "pointermove", "keydown"]) addEventListener(moved, () => { idle = 0; }, { passive: true });
  setInterval(tick, TICK_S * 1_000);
  addEventListener("pagehide", say);
}

// Says which posts of a thread's page its reader has read, and for how long they have read: seconds in which the page was in
// view and something moved in the last two minutes. A post is read when its end was in view, or it filled the view, at two
// looks, a second apart. Looks and seconds are ticks, so a clock that jumps, or a machine that slept, adds none.
//   <span data-read-up-to="/threads/5/read/" data-read="12">: they had read to #12
//   data-first="81": who has read nothing of it yet begins with #81, the first on this page
const LOOK_MS = 1_000;
const AFTER_MS = 2_000;
const TICK_S = 10;
const IDLE_TICKS = 12;
const REPORT_S = 60;
const MOST_S = 300;
const SLACK_PX = 1;

const numberOf = (post) => Number(post.id.slice("post-".length));

// Of its text: the comments on an answer are within its element.
function isInView(post) {
  const { top, bottom } = (post.querySelector(".prose") ?? post).getBoundingClientRect();
  const isEndInView = bottom > 0 && bottom <= innerHeight + SLACK_PX;
  return isEndInView || (top <= SLACK_PX && bottom >= innerHeight);
}

export function attach({ dataset }) {
  const read = [];
  let unread = [...document.querySelectorAll("article[id^='post-']")].filter((post) => numberOf(post) > dataset.read);
  let inView = [];
  let said = 0;
  let timer = 0;
  let seconds = 0;
  let total = 0;
  let idle = 0;

  const say = () => {
    timer = 0;
    if (read.length === said && !seconds) return;
    said = read.length;
    const first = dataset.first ? `&first=${dataset.first}` : "";
    const url = `${dataset.readUpTo}?posts=${read}${first}${seconds ? `&seconds=${seconds}` : ""}`;
    seconds = 0;
    fetch(url, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => null);
  };
  const look = () => {
    const before = inView;
    inView = document.hidden ? [] : unread.filter(isInView);
    read.push(...inView.filter((post) => before.includes(post)).map(numberOf));
    unread = unread.filter((post) => !read.includes(numberOf(post)));
    if (read.length > said && !timer) timer = setTimeout(say, AFTER_MS);
  };
  const tick = () => {
    idle += 1;
    if (document.hidden || idle > IDLE_TICKS || total >= MOST_S) return;
    seconds += TICK_S;
    total += TICK_S;
    if (seconds >= REPORT_S) say();
  };

  for (const moved of ["scroll", "pointermove", "keydown"]) addEventListener(moved, () => { idle = 0; }, { passive: true });
  setInterval(look, LOOK_MS);
  setInterval(tick, TICK_S * 1_000);
  addEventListener("pagehide", say);
}

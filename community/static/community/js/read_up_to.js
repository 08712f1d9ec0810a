// Says which posts of a thread's page its reader has read, and for how long they have read: seconds in which the page was in
// view and something moved in the last two minutes. A post is read when its end was in view, or it filled the view, at two
// looks, a second apart. Looks and seconds are ticks, so a clock that jumps, or a machine that slept, adds none.
//   <span data-read-up-to="/threads/5/read/" data-read="12" data-reader="7">: they, person 7, had read to #12
//   data-first="81": who has read nothing of it yet begins with #81, the first on this page
//   data-text="40": how much they have seen of the article that it is, in percent. A link goes on from there:
//   <a data-continue="40">
const LOOK_MS = 1_000;
const AFTER_MS = 2_000;
const TICK_S = 10;
const IDLE_TICKS = 12;
const REPORT_S = 60;
const MOST_S = 300;
const SLACK_PX = 1;
const MOST_NAMED = 800; // posts in one report
const LONG_WINDOWS = 1.5; // a text that takes fewer is read in one go

const numberOf = (post) => Number(post.id.slice("post-".length));

// Of its text: the comments on an answer are within its element.
function isInView(post) {
  const { top, bottom } = (post.querySelector(".prose") ?? post).getBoundingClientRect();
  const isEndInView = bottom > 0 && bottom <= innerHeight + SLACK_PX;
  return isEndInView || (top <= SLACK_PX && bottom >= innerHeight);
}

// How much of a long text is above the lower edge of the window, in tens of percent; nothing of a short one, but the end of
// one in which its reader had stopped, in a smaller window.
function partOf(text, begun) {
  const { top, height } = text.getBoundingClientRect();
  const part = Math.min(100, Math.floor((innerHeight + SLACK_PX - top) / height * 10) * 10);
  return height < LONG_WINDOWS * innerHeight && !(begun && part === 100) ? 0 : part;
}

// What was read on other pages of the thread in this tab is said again, with what is read on this one: the position stops
// before the first post that was not, and by score, or with folded comments, that is on another page.
const keyOf = ({ readUpTo, reader }) => `read:${reader}:${readUpTo}`;

function remembered(dataset) {
  try {
    return (sessionStorage.getItem(keyOf(dataset)) ?? "").split(",").map(Number).filter((number) => number > dataset.read);
  } catch { return []; }  // a browser that keeps nothing
}

function remember(dataset, posts) {
  try {
    sessionStorage.setItem(keyOf(dataset), posts);
  } catch { return; }
}

export function attach({ dataset }) {
  const before = remembered(dataset);
  const read = [];
  let unread = [...document.querySelectorAll("article[id^='post-']")].filter((post) => numberOf(post) > dataset.read);
  let inView = [];
  let said = 0;
  let timer = 0;
  let seconds = 0;
  let total = 0;
  let idle = 0;
  const text = dataset.text && document.querySelector("#post-1 .prose");
  let part = Number(dataset.text ?? 0);
  let partSaid = part;
  let partInView = 0;

  const say = () => {
    timer = 0;
    if (read.length === said && !seconds && part === partSaid) return;
    said = read.length;
    const first = dataset.first ? `&first=${dataset.first}` : "";
    const posts = [...new Set([...before, ...read])].sort((one, other) => one - other).slice(0, MOST_NAMED);
    remember(dataset, posts);
    const url = `${dataset.readUpTo}?posts=${posts}${first}${seconds ? `&seconds=${seconds}` : ""}${part > partSaid ? `&text=${part}` : ""}`;
    seconds = 0;
    partSaid = part;
    fetch(url, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => null);
  };
  const look = () => {
    const earlier = inView;
    inView = document.hidden ? [] : unread.filter(isInView);
    read.push(...inView.filter((post) => earlier.includes(post)).map(numberOf));
    unread = unread.filter((post) => !read.includes(numberOf(post)));
    if (text) {
      const earlier = partInView;
      partInView = document.hidden ? 0 : partOf(text, part);
      part = Math.max(part, Math.min(earlier, partInView));
    }
    if ((read.length > said || part > partSaid) && !timer) timer = setTimeout(say, AFTER_MS);
  };
  const tick = () => {
    idle += 1;
    if (document.hidden || idle > IDLE_TICKS || total >= MOST_S) return;
    seconds += TICK_S;
    total += TICK_S;
    if (seconds >= REPORT_S) say();
  };

  for (const moved of ["scroll", "pointermove", "keydown"]) addEventListener(moved, () => { idle = 0; }, { passive: true });
  document.querySelector("[data-continue]")?.addEventListener("click", (event) => {
    if (!text) return;
    event.preventDefault();
    const { top, height } = text.getBoundingClientRect();
    scrollBy(0, top + height * event.target.dataset.continue / 100 - innerHeight / 2);
  });
  setInterval(look, LOOK_MS);
  setInterval(tick, TICK_S * 1_000);
  addEventListener("pagehide", say);
}

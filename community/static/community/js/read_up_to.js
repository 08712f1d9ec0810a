// Says how far the reader has come in a thread: the highest number among the posts that were in view for a moment.
//   <span data-read-up-to="/threads/5/read/20/" data-read="12">: the last on the page is #20, and they had read to #12
const AFTER_MS = 2_000;

export function attach({ dataset }) {
  let said = Number(dataset.read);
  let highest = said;
  let timer = 0;

  const say = () => {
    timer = 0;
    if (highest <= said) return;
    said = highest;
    const url = dataset.readUpTo.replace(/\d+\/$/, `${said}/`);
    fetch(url, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => null);
  };
  const look = (entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting).map(({ target }) => Number(target.id.slice("post-".length)));
    highest = Math.max(highest, ...seen);
    if (highest > said && !timer) timer = setTimeout(say, AFTER_MS);
  };

  const observer = new IntersectionObserver(look);
  document.querySelectorAll("article[id^='post-']").forEach((post) => observer.observe(post));
  addEventListener("pagehide", say);
}

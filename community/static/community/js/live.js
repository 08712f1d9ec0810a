// Events from the server: a stream while the page is looked at. Where streams do not pass, a question now and then, and
// after a while another try. Times differ by chance, so that not all readers of a server come back at the same moment.
//   listen({ url, names: ["unread"], hear, ask, everyMs: 60_000 }) returns a function that ends it.
const FAILURES_ALLOWED = 3;
const AGAIN_MS = 120_000;
const MOST_OF_A_PAGE = 3; // a browser has six connections for a site, and the page needs some of them
let open = 0;

export function listen({ url, names, hear, ask, everyMs, afterMs = 0 }) {
  let source = null;
  let failures = 0;
  let asked = 0;
  let timer = 0;

  const later = (act, ms) => { clearTimeout(timer); timer = setTimeout(act, ms); };
  const start = () => {
    if (source || document.hidden) return;
    if (!url || open >= MOST_OF_A_PAGE) { poll(); return; }
    open += 1;
    source = new EventSource(url);
    for (const name of names) source.addEventListener(name, (event) => { failures = 0; hear(event); });
    source.addEventListener("error", fail);
  };
  const pause = () => {
    clearTimeout(timer);
    if (source) { source.close(); open -= 1; }
    source = null;
  };
  const fail = () => {
    failures += 1;
    if (failures < FAILURES_ALLOWED && source?.readyState !== EventSource.CLOSED) return;
    pause();
    asked = 0;
    poll();
  };
  const poll = () => later(async () => {
    await ask();
    asked += everyMs;
    if (source || document.hidden || timer === 0) return;
    if (url && asked >= AGAIN_MS) { asked = 0; start(); } else poll();
  }, everyMs * (0.75 + Math.random() / 2));
  const look = () => (document.hidden ? pause() : start());
  const end = () => {
    pause();
    timer = 0;
    document.removeEventListener("visibilitychange", look);
    removeEventListener("pagehide", pause);
  };

  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", pause);
  later(start, afterMs);
  return end;
}

// Events from the server: a stream while the page is looked at. Where streams do not pass, a question now and then, and
// after a while another try; where all slots are taken, with each question. Times differ by chance, so that not all readers
// of a server come back at the same moment. Who signs out closes the streams before the server refuses them.
//   listen({ url, names: ["unread"], hear, ask, everyMs: 60_000 }) returns a function that ends it.
const FAILURES_ALLOWED = 3;
const AGAIN_MS = 120_000;
const SLOTS = 4; // of all pages of a browser together: it has six connections for a site, and pages need some of them
const OWN_SLOTS = 2; // of a page, where pages cannot share
const LEAVING = ["pagehide", "chainrule:leaving"];
const STAYED_MS = 5_000; // after which a page that is still there was not left
let open = 0;

const own = () => open < OWN_SLOTS && (open += 1) && (() => { open -= 1; });

// Returns what gives the slot back; nothing while all are taken.
async function slot() {
  if (!navigator.locks) return own();
  let free = null;
  for (let i = 0; i < SLOTS && !free; i += 1) {
    free = await new Promise((told) => {
      navigator.locks.request(`stream:${i}`, { ifAvailable: true }, (lock) => (lock ? new Promise(told) : told())).catch(() => told(own()));
    });
  }
  return free;
}

export function listen({ url, names, hear, ask, everyMs, afterMs = 0 }) {
  let source = null;
  let free = null;
  let waits = false;
  let left = false;
  let isFull = false;
  let failures = 0;
  let asked = 0;
  let timer = 0;

  const later = (act, ms) => { clearTimeout(timer); timer = setTimeout(act, ms); };
  const start = async () => {
    if (source || waits || left || document.hidden) return;
    waits = true;
    free = url ? await slot() : null;
    waits = false;
    if (left || document.hidden || timer === 0) { free?.(); free = null; return; }
    isFull = !free;
    if (isFull) { poll(); return; }
    source = new EventSource(url);
    for (const name of names) source.addEventListener(name, (event) => { failures = 0; hear(event); });
    source.addEventListener("error", fail);
  };
  const pause = () => {
    clearTimeout(timer);
    source?.close();
    free?.();
    source = free = null;
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
    if (source || left || document.hidden || timer === 0) return;
    if (url && (isFull || asked >= AGAIN_MS)) { asked = 0; start(); } else poll();
  }, everyMs * (0.75 + Math.random() / 2));
  const look = () => (document.hidden ? pause() : start());
  const leave = () => {
    pause();
    left = true;
    later(() => { left = false; start(); }, STAYED_MS);
  };
  const end = () => {
    pause();
    timer = 0;
    document.removeEventListener("visibilitychange", look);
    for (const name of LEAVING) removeEventListener(name, leave);
  };

  document.addEventListener("visibilitychange", look);
  for (const name of LEAVING) addEventListener(name, leave);
  later(start, afterMs);
  return end;
}

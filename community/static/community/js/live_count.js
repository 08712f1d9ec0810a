// The bell's number: a stream while the page is looked at, a question every minute where streams do not pass.
const ASK_EVERY_MS = 60_000;
const FAILURES_ALLOWED = 3;

export function attach(bell) {
  let source = null;
  let failures = 0;
  let asking = 0;

  const open = () => {
    if (source || asking || document.hidden) return;
    source = new EventSource(bell.dataset.liveCount);
    source.addEventListener("unread", (event) => { failures = 0; show(bell, JSON.parse(event.data).unread); });
    source.addEventListener("error", () => {
      failures += 1;
      if (failures >= FAILURES_ALLOWED || source?.readyState === EventSource.CLOSED) fallBack();
    });
  };
  const close = () => { source?.close(); source = null; };
  const fallBack = () => { close(); asking = setInterval(() => ask(bell), ASK_EVERY_MS); };

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  open();
}

async function ask(bell) {
  if (document.hidden) return;
  const answer = await fetch(bell.dataset.countUrl, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) show(bell, (await answer.json()).unread);
}

function show(bell, unread) {
  bell.querySelector("[data-count]").textContent = unread > 99 ? "99+" : unread || "";
}

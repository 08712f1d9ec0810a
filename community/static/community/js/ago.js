// Makes "12 min ago" of a page that was kept true, and keeps it true while the page stays open. Dates need no care.
import { word } from "./words.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const times = new Set();

export function attach(time) {
  times.add(time);
  refresh(time);
}

setInterval(() => times.forEach(refresh), 30_000);

function refresh(time) {
  const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
  if (!time.isConnected || seconds >= DAY) times.delete(time);
  else time.textContent = words(seconds) || time.textContent;
}

function words(seconds) {
  if (seconds < MINUTE) return word("justNow");
  if (seconds < HOUR) return word("minutesAgo", { count: Math.floor(seconds / MINUTE) });
  return word("hoursAgo", { count: Math.floor(seconds / HOUR) });
}

// Copies of what is being typed, in this browser: one for each page, box and person. A copy outlives its page, until the
// server has the text, a month has passed, or somebody signs out here. A visitor's is kept for the tab alone, and is taken
// over by who signs in there.
const PREFIX = "draft:";
const MOST = 20;
const KEPT_MS = 30 * 24 * 3600 * 1000;
let closed = false;

export class Copies {
  constructor(person, box) {
    this.box = `${PREFIX}${person}:${box}`;
    this.place = `${this.box}:${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  }

  // Returns false when this browser keeps nothing.
  put(copy) {
    if (closed) return false;
    for (const place of crowd(this.place)) remove(place);
    return store(this.place, JSON.stringify(copy));
  }

  drop() {
    remove(this.place);
  }

  // What earlier pages kept of this box and of its other versions, newest first.
  earlier() {
    const boxes = [this.box, this.box.replace(/:[0-9]*:/, "::")];
    const mine = (place) => place !== this.place && boxes.some((box) => place.startsWith(`${box}:`) || place.startsWith(`${box}~`));
    return places().filter(mine).map((place) => ({ ...read(place), place })).filter(({ at }) => at > Date.now() - KEPT_MS)
      .sort((one, other) => other.at - one.at);
  }

  remove(place) {
    remove(place);
  }
}

// After this no page of this tab keeps anything: the person is leaving.
export function forgetCopies() {
  closed = true;
  places().forEach(remove);
}

// The oldest copies beyond what is kept at most, and those too old.
function crowd(kept) {
  const others = places().filter((place) => place !== kept).map((place) => [read(place).at ?? 0, place]).sort(([one], [other]) => other - one);
  return others.filter(([at], index) => index >= MOST - 1 || at < Date.now() - KEPT_MS).map(([, place]) => place);
}

// The store, or null where the browser forbids it.
function storage(place) {
  try {
    return place.startsWith(`${PREFIX}:`) ? window.sessionStorage : window.localStorage;
  } catch {
    return null;
  }
}

function places() {
  return [PREFIX, `${PREFIX}:`].flatMap((start) => Object.keys(storage(start) ?? {})).filter((place) => place.startsWith(PREFIX));
}

function read(place) {
  try {
    return JSON.parse(storage(place).getItem(place)) ?? {};
  } catch {
    return {};
  }
}

function store(place, words) {
  try {
    storage(place).setItem(place, words);
    return true;
  } catch {
    return false;
  }
}

function remove(place) {
  storage(place)?.removeItem(place);
}

// After a load: what earlier pages of this browser had not saved is compared with what the server has, and comes back.
import { fingerprint, isSame, isTouched, written } from "./writing.js";

const NOTHING = { version: 0, title: "", source: "" };

export async function recover(drafts) {
  if (!drafts.isOn) return;
  const copies = drafts.copies.earlier();
  if (!copies.length && !isLoadedAgain()) return;
  const begun = written(drafts.form);
  const told = await drafts.ask(copies.map((copy) => copy.submission).filter(Boolean));
  const saved = told ? told.draft ?? NOTHING : { ...begun, version: drafts.version };
  const missing = copies.filter((copy) => isMissing(copy, saved, told?.posted ?? [], drafts));
  const isFree = isSame(written(drafts.form), begun) && (!isTouched(drafts.form) || isSame(begun, NOTHING));
  if (isFree && told?.draft && told.draft.version !== drafts.version) drafts.adopt(told.draft);
  if (missing.length) settle(missing[0], saved, isFree, drafts);
}

// A page that the browser loads again may be older than what was saved from it.
function isLoadedAgain() {
  return ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
}

// A text that is saved or posted needs no copy; one that is in the box already is kept from there.
function isMissing(copy, saved, posted, drafts) {
  const now = written(drafts.form);
  if (!posted.includes(copy.submission) && !isSame(copy, saved)) {
    if (!isSame(copy, now)) return true;
    if (copy.base === now.base_version) drafts.claim(copy);
  }
  drafts.copies.remove(copy.place);
  return false;
}

function settle(copy, saved, isFree, drafts) {
  if (isFree && isNext(copy, saved, drafts)) drafts.restore(copy, drafts.key, saved.version);
  else if (isFree && isSame(written(drafts.form), NOTHING) && isSame(saved, NOTHING)) drafts.restore(copy, copy.key, copy.version);
  else drafts.offer(copy);
}

// Whether a copy goes on from what the server has, so that nothing is lost when it comes into the box.
function isNext(copy, saved, drafts) {
  const goesOn = copy.version === saved.version || copy.tried.includes(fingerprint(saved));
  return goesOn && copy.key === drafts.key && copy.base === written(drafts.form).base_version;
}

// The choice between two versions of a draft. Whichever is chosen becomes the draft of the box; the other stays beside it.
import { saveDraft } from "./draft_requests.js";
import { offerOther } from "./other_version.js";
import { moment, word } from "./words.js";

// `other` is {key, version, title, source, fields, at}; one with a `place` is a copy that only this browser has.
export function offerChoice(drafts, other) {
  offerOther(drafts.form, other, {
    said: word(other.place ? "draftOtherHere" : "draftOther", { time: moment(other.at) }),
    take: () => drafts.inTurn(() => take(drafts, other)),
    stay: () => drafts.inTurn(() => stay(drafts, other)),
  });
}

async function take(drafts, other) {
  if (drafts.isUnsaved && !(await drafts.save())) return false;
  drafts.copies.drop();
  if (other.place) drafts.restore(other, ...placeOf(drafts, other));
  else drafts.adopt(other);
  return true;
}

async function stay(drafts, other) {
  const { title, source, fields, base = 0, base_version = base } = other;
  const [key, version] = other.place ? placeOf(drafts, other) : [drafts.key, drafts.version];
  const answer = await saveDraft(drafts.editor, { title, source, fields, base_version, key, version });
  if (answer.version === undefined) return false;
  if (other.place) drafts.copies.remove(other.place);
  else drafts.replace(other);
  return true;
}

// Where a copy is saved: beside the draft of this page, if it was of the same one.
function placeOf(drafts, copy) {
  return copy.key === drafts.key ? [drafts.aside(), 0] : [copy.key, copy.version];
}

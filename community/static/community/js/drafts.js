// Keeps what is typed: at once in this browser, a moment later on the server. The copy here goes when the server has the text.
// A text that another tab or device saved in the same box is never overwritten: from then on this one has a draft beside it.
import { Copies } from "./copies.js";
import { askDraft, saveDraft } from "./draft_requests.js";
import { tellState } from "./status.js";
import { offerChoice } from "./version_choice.js";
import { clock, moment, word } from "./words.js";
import { fill, fingerprint, isTouched, written } from "./writing.js";

const AGAIN_MS = 10_000;
const MOST_TRIED = 5;

export class Drafts {
  constructor(editor) {
    this.editor = editor;
    this.form = editor.form;
    this.key = this.form.elements.draft_key?.value ?? "";
    this.box = this.key.split("~")[0];
    this.version = Number(this.form.elements.draft_version?.value || 0);
    this.isOn = Boolean(this.key && editor.urls.draftUrl);
    this.copies = new Copies(editor.urls.person, this.box);
    this.tried = [];
    // what was typed before this file was there, or was put back by the browser, is not saved yet
    this.last = isTouched(this.form) ? "" : this.#words();
    this.sent = { at: 0, words: "" };
    this.turns = Promise.resolve();
    this.busy = 0;
  }

  // Called for every letter: a copy in this browser, which a reload cannot lose.
  copy() {
    const { base_version: base, ...text } = written(this.form);
    if (!this.isOn || !this.isUnsaved) return this.#dropCopy();
    if (!text.source.trim() && !text.title.trim()) return this.copies.drop();
    const about = { key: this.key, version: this.version, base, tried: this.tried, submission: this.form.elements.submission?.value ?? "" };
    this.isHere = this.copies.put({ ...text, ...about, at: Date.now() });
    this.form.autocomplete = this.isHere ? "off" : "on"; // else the browser puts it into the page of the next account too
    if (this.isHere) this.form.dataset.saved = "here";
  }

  // To the server, when there is something new. What is typed meanwhile is saved right after.
  async keep() {
    if (!this.#hasNews()) return;
    if (this.busy) this.again = true;
    else if (this.#isSending()) this.#later();
    else await this.inTurn(() => this.save());
  }

  // The page goes: the server may still get the last words, though nobody reads its answer.
  leave() {
    this.copy();
    if (!this.#hasNews() || this.#isSending()) return;
    if (this.busy) this.#sendLast();
    else this.keep();
  }

  // While a save is on its way nobody knows which version the server will have: the last words become a draft beside it.
  #sendLast() {
    saveDraft(this.editor, { ...this.#wish(), key: this.aside(), version: 0 });
  }

  // The form is on its way, and names the draft that goes with it, as far as the server has told: a save that is under way
  // may be refused for what another tab saved. The copy stays until a later page finds that the server has the text.
  submitted() {
    this.copy();
    this.sent = { at: Date.now(), words: this.#words() };
  }

  // The page is there again, by the back button.
  returned() {
    this.sent = { at: 0, words: "" };
  }

  // The box as the server has it, and which of these submissions became posts; null when the server does not answer.
  ask(submissions) {
    return this.editor.urls.person ? askDraft(this.editor, this.key, submissions) : null;
  }

  // A text that the server has comes into the box.
  adopt(draft) {
    this.#follow(draft.key, draft.version);
    fill(this.form, draft);
    this.last = this.#words();
    this.form.dataset.saved = "yes";
  }

  // This page's text is to replace a draft of the server.
  replace(draft) {
    this.#follow(draft.key, draft.version);
    this.last = "";
    this.again = true;
  }

  // A text that an earlier page of this browser had not saved yet comes back into the box.
  restore(copy, key, version) {
    this.#follow(key, version);
    fill(this.form, copy);
    this.claim(copy);
    this.say(word("draftRestored", { time: moment(copy.at) }));
  }

  // What is in the box is what an earlier page kept: from now on this one keeps it.
  claim(copy) {
    this.tried = [...copy.tried, ...this.tried].slice(0, MOST_TRIED);
    this.last = "";
    this.copy();
    this.copies.remove(copy.place);
    this.keep();
  }

  // There is another version of this box.
  offer(other) {
    offerChoice(this, other);
  }

  say(sentence, isBad = false) {
    tellState(this.editor.status, sentence, isBad);
  }

  // One request after the other.
  inTurn(act) {
    this.busy += 1;
    const turn = this.turns.then(act).finally(() => {
      this.busy -= 1;
      if (this.busy || !this.again) return;
      this.again = false;
      this.keep();
    });
    this.turns = turn.catch(() => {});
    return turn;
  }

  get isUnsaved() {
    return this.#words() !== this.last;
  }

  async save() {
    if (!this.editor.urls.person) return this.say(word(this.isHere ? "draftVisitor" : "draftNowhere"));
    const words = this.#words();
    const known = this.tried;
    this.#try();
    const answer = await saveDraft(this.editor, this.#wish());
    if (answer.version !== undefined) this.#kept(words, answer.version);
    else if (answer.draft && known.includes(fingerprint(answer.draft))) this.#catchUp(answer.draft.version);
    else if (answer.draft) this.#stepAside(answer.draft);
    else this.#keptHere(answer);
    return answer.version !== undefined;
  }

  // The server has the text. While there are two versions the copy stays, so that a reload offers both again.
  #dropCopy() {
    if (this.key === this.box) this.copies.drop();
  }

  // Remember what the server may have, should its answer be lost.
  #try() {
    this.tried = [fingerprint(written(this.form)), ...this.tried].slice(0, MOST_TRIED);
    this.copy();
  }

  #kept(words, version) {
    this.#follow(this.key, version);
    this.last = words;
    if (!this.isUnsaved) {
      this.form.dataset.saved = "yes";
      this.#dropCopy();
    }
    this.say(word("draftSaved", { time: clock() }));
  }

  // The server had an earlier text of this very page, whose answer was lost.
  #catchUp(version) {
    this.version = version;
    this.again = true;
  }

  #stepAside(theirs) {
    this.#follow(this.aside(), 0);
    this.again = true;
    this.offer(theirs);
  }

  #keptHere({ message, isSignedOut }) {
    const here = isSignedOut ? "draftSignedOut" : "draftHere";
    this.say(message || word(this.isHere ? here : "draftNowhere"), true);
    if (isSignedOut) this.editor.status?.append(" ", signIn());
    this.#later();
  }

  #later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), AGAIN_MS);
  }

  #follow(key, version) {
    this.key = key;
    this.version = version;
    this.form.elements.draft_key.value = key;
    if (this.form.elements.draft_version) this.form.elements.draft_version.value = version;
  }

  // A name for another draft of this box.
  aside() {
    return `${this.box}~${crypto.getRandomValues(new Uint16Array(1))[0].toString(36)}`;
  }

  #hasNews() {
    return this.isOn && ![this.last, this.sent.words].includes(this.#words());
  }

  #isSending() {
    return Date.now() - this.sent.at < AGAIN_MS;
  }

  #wish() {
    return { key: this.key, ...written(this.form), version: this.version, written_by: this.editor.urls.person };
  }

  #words() {
    return JSON.stringify(written(this.form));
  }
}

// The page that one comes back to finds the copy of this browser.
function signIn() {
  const next = encodeURIComponent(`${location.pathname}${location.search}${location.hash}`);
  return Object.assign(document.createElement("a"), { href: `${word("draftSignInUrl")}?next=${next}`, textContent: word("draftSignIn") });
}

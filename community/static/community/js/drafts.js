// Keeps what is typed: at once in this browser, a moment later on the server. The copy here goes when the server has the text.
// A text that another tab or device saved in the same box is never overwritten: from then on this one has a draft beside it.
import { Copies } from "./copies.js";
import { askDraft, saveDraft } from "./draft_requests.js";
import { offerOther } from "./other_version.js";
import { word } from "./words.js";
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
    if (!this.isOn || this.#words() === this.last) return this.#dropCopy();
    if (!text.source.trim() && !text.title.trim()) return this.copies.drop();
    const about = { key: this.key, version: this.version, base, tried: this.tried, submission: this.form.elements.submission?.value ?? "" };
    this.isHere = this.copies.put({ ...text, ...about, at: Date.now() });
    if (this.isHere) this.form.dataset.saved = "here";
  }

  // To the server, when there is something new. What is typed meanwhile is saved right after.
  async keep() {
    if (!this.#hasNews()) return;
    if (this.busy) this.again = true;
    else if (this.#isSending()) this.#later();
    else await this.#inTurn(() => this.#save());
  }

  // The page goes: the server may still get the last words, though nobody reads its answer.
  leave() {
    this.copy();
    if (!this.#hasNews() || this.#isSending()) return;
    if (this.busy) this.#sendLast();
    else this.keep();
  }

  // While a save is on its way it is taken for done.
  #sendLast() {
    this.#try();
    saveDraft(this.editor, this.#wish(this.version + 1));
  }

  // The form is on its way. The copy stays until a later page finds that the server has the text.
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
    return askDraft(this.editor, this.key, submissions);
  }

  // The server's own text of this box, newer than the page.
  adopt(draft) {
    this.#follow(this.key, draft.version);
    this.#show(draft);
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

  // Another version of this box: {key, version, title, source, fields, at}; without a version it is only in this browser.
  offer(other) {
    offerOther(this.form, other, {
      said: word(other.place ? "draftOtherHere" : "draftOther", { time: moment(other.at) }),
      take: () => this.#inTurn(() => this.#take(other)),
      stay: () => this.#inTurn(() => this.#stay(other)),
    });
  }

  say(sentence, isBad = false) {
    const { status } = this.editor;
    if (!status) return;
    status.textContent = sentence;
    status.classList.toggle("is-bad", isBad);
  }

  #inTurn(act) {
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

  async #save() {
    const words = this.#words();
    const known = this.tried;
    this.#try();
    const answer = await saveDraft(this.editor, this.#wish());
    if (answer.version !== undefined) this.#kept(words, answer.version);
    else if (answer.draft && known.includes(fingerprint(answer.draft))) this.#catchUp(answer.draft.version);
    else if (answer.draft) this.#stepAside(answer.draft);
    else this.#keptHere(answer.message);
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
    if (this.#words() === words) this.form.dataset.saved = "yes";
    if (this.#words() === words) this.#dropCopy();
    this.say(word("draftSaved", { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) }));
  }

  // The server had an earlier text of this very page, whose answer was lost.
  #catchUp(version) {
    this.version = version;
    this.again = true;
  }

  #stepAside(theirs) {
    this.#follow(this.#another(), 0);
    this.again = true;
    this.offer(theirs);
  }

  #keptHere(message) {
    this.say(message || word(this.isHere ? "draftHere" : "draftNowhere"), true);
    this.#later();
  }

  #later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), AGAIN_MS);
  }

  // The other version comes into the box; this one stays among the drafts.
  async #take(other) {
    if (this.#words() !== this.last && !(await this.#save())) return false;
    this.copies.drop();
    if (other.place) this.restore(other, ...this.#placeOf(other));
    else this.#follow(other.key, other.version);
    if (!other.place) this.#show(other);
    return true;
  }

  // This version becomes the draft of the box; the other one stays among the drafts.
  async #stay(other) {
    const { title, source, fields, base = 0, base_version = base } = other;
    const [key, version] = other.place ? this.#placeOf(other) : [this.key, this.version];
    const answer = await saveDraft(this.editor, { title, source, fields, base_version, key, version });
    if (answer.version === undefined) return false;
    if (other.place) this.copies.remove(other.place);
    else this.#swap(other);
    return true;
  }

  #swap(other) {
    this.#follow(other.key, other.version);
    this.last = "";
    this.again = true;
  }

  // Where a copy of this browser is saved: beside the draft of this page, if it was of the same one.
  #placeOf(copy) {
    return copy.key === this.key ? [this.#another(), 0] : [copy.key, copy.version];
  }

  #show(draft) {
    fill(this.form, draft);
    this.last = this.#words();
    this.form.dataset.saved = "yes";
  }

  #follow(key, version) {
    this.key = key;
    this.version = version;
    this.form.elements.draft_key.value = key;
    if (this.form.elements.draft_version) this.form.elements.draft_version.value = version;
  }

  #another() {
    return `${this.box}~${crypto.getRandomValues(new Uint16Array(1))[0].toString(36)}`;
  }

  #hasNews() {
    return this.isOn && ![this.last, this.sent.words].includes(this.#words());
  }

  #isSending() {
    return Date.now() - this.sent.at < AGAIN_MS;
  }

  #wish(version = this.version) {
    return { key: this.key, ...written(this.form), version };
  }

  #words() {
    return JSON.stringify(written(this.form));
  }
}

function moment(at) {
  return new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

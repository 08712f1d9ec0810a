// Keeps what is typed on the server; in the browser when the server does not answer.
import { csrfToken } from "./http.js";
import { word } from "./words.js";

const NOT_FIELDS = new Set(["csrfmiddlewaretoken", "source", "title", "draft_key", "draft_version", "base_version", "submission"]);

export class Drafts {
  constructor(editor) {
    this.editor = editor;
    this.key = editor.form.elements.draft_key?.value ?? "";
    this.version = Number(editor.form.elements.draft_version?.value || 0);
    // what was typed before this file was there, or was put back by the browser, is not saved yet
    this.last = editor.text.value === editor.text.defaultValue ? this.#wish().text : "";
    this.stopped = !this.key || !editor.urls.draftUrl;
    this.busy = false;
  }

  async keep() {
    const wish = this.#wish();
    if (this.stopped || this.busy || wish.text === this.last) return;
    this.busy = true;
    const answer = await this.#send(wish.fields);
    this.busy = false;
    if (answer?.ok && !answer.redirected) await this.#kept(wish, answer);
    else if (answer?.status === 409) this.#conflict();
    else this.#keepHere(wish);
  }

  sent() {
    this.stopped = true;
    localStorage.removeItem(this.#place);
  }

  // Text that only this browser has, from a moment when the server was not there.
  offerLocal() {
    const kept = this.key && localStorage.getItem(this.#place);
    const { text, form } = this.editor;
    if (!kept || kept === text.value) return;
    const bar = form.querySelector("[data-local-draft]");
    if (!bar) return;
    bar.hidden = false;
    bar.querySelector("[data-restore]").addEventListener("click", () => {
      text.value = kept;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      bar.hidden = true;
    });
    bar.querySelector("[data-discard]").addEventListener("click", () => { localStorage.removeItem(this.#place); bar.hidden = true; });
  }

  get #place() {
    return `draft:${this.key}`;
  }

  #wish() {
    const sent = Object.fromEntries([...new FormData(this.editor.form)].filter(([, value]) => typeof value === "string"));
    const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => !NOT_FIELDS.has(name)));
    const wish = { key: this.key, title: sent.title ?? "", source: sent.source ?? "", fields, base_version: Number(sent.base_version || 0) };
    return { fields: wish, text: JSON.stringify(wish) };
  }

  #send(fields) {
    return fetch(this.editor.urls.draftUrl, {
      method: "POST",
      credentials: "same-origin",
      keepalive: fields.source.length < 15_000,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
      body: JSON.stringify({ ...fields, version: this.version }),
    }).catch(() => null);
  }

  async #kept(wish, answer) {
    this.version = (await answer.json()).version;
    this.last = wish.text;
    this.editor.form.dataset.saved = "yes";
    localStorage.removeItem(this.#place);
    this.#say(word("draftSaved", { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) }));
  }

  #conflict() {
    this.stopped = true;
    this.#say(word("draftConflict"), true);
  }

  #keepHere(wish) {
    try {
      localStorage.setItem(this.#place, wish.fields.source);
      this.#say(word("draftHere"), true);
    } catch {
      this.#say(word("draftNowhere"), true);
    }
  }

  #say(sentence, isBad = false) {
    const { status } = this.editor;
    if (!status) return;
    status.textContent = sentence;
    status.classList.toggle("is-bad", isBad);
  }
}

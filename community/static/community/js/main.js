// Attaches each behaviour where its attribute stands. What few pages need is asked for when one does: see bundles.py.
import * as ago from "./ago.js";
import * as browserZone from "./browser_zone.js";
import * as contents from "./contents.js";
import * as copy from "./copy.js";
import * as copyLatex from "./copy_latex.js";
import * as copyText from "./copy_text.js";
import * as cover from "./cover.js";
import * as guard from "./guard.js";
import * as liveCount from "./live_count.js";
import * as notice from "./notice.js";
import * as once from "./once.js";
import * as phrases from "./phrases.js";
import * as poll from "./poll.js";
import * as sidenotes from "./sidenotes.js";
import * as signOut from "./sign_out.js";
import { attachMenus } from "./menus.js";
import { attachPostingKey } from "./posting_key.js";
import { attachReturns } from "./returned.js";
import { attachSingleKeys } from "./single_keys.js";
import { attachSwaps } from "./swap.js";
import { attachThemeSwitch } from "./theme.js";

const sandbox = (name) => import("./sandbox.js").then((all) => all[name]);
const threadPage = (name) => import("./thread_page.js").then((all) => all[name]);
const runPage = (name) => import("./run_page.js").then((all) => all[name]);

// Asked for when somebody goes into a form, not by everybody who reads the page above it.
const suggest = {
  attach(form) {
    const load = () => import("./suggest.js").then((all) => all.suggestIn(form));
    if (form.contains(document.activeElement)) load();
    else form.addEventListener("focusin", load, { once: true });
  },
};

// Rich text and notebooks, which become Markdown; what an editor of code copied is only coloured.
const pasting = {
  attach(text) {
    let isPlain = false; // Ctrl Shift V
    const take = (event) => {
      if (isPlain && event.clipboardData) return;
      const brought = event.clipboardData ?? event.dataTransfer;
      const file = [...brought.files].find((each) => each.name.endsWith(".ipynb"));
      const [html, plain] = event.clipboardData ? ["html", "plain"].map((type) => brought.getData(`text/${type}`)) : ["", ""];
      const isCode = brought.types.includes("vscode-editor-data");
      if (!file && (!plain.trim() || isCode || !(html || plain.includes('"nbformat"')))) return;
      event.preventDefault();
      import("./paste.js").then((all) => all.take(text, { file, html, plain })).catch(() => document.execCommand("insertText", false, plain));
    };
    text.addEventListener("keydown", (event) => { isPlain = event.shiftKey && event.key.toLowerCase() === "v"; });
    text.addEventListener("keyup", () => { isPlain = false; });
    text.addEventListener("paste", take);
    text.addEventListener("drop", take);
  },
};

// What a link leads to: the script comes with the first link that somebody stays on.
const linkPreviews = {
  attach({ dataset }) {
    const look = (event) => {
      const link = event.pointerType === "touch" ? null : event.target.closest?.(":is(.prose, .mentioned, .above, .row-title) a[href]");
      if (link) import("./link_previews.js").then((all) => all.offer(link, dataset.linkPreviews), () => {});
    };
    for (const name of ["pointerover", "focusin"]) document.addEventListener(name, look);
  },
};

const quoting = () => import("./quote_words.js").then((all) => ({ attach: (place) => all.attach(place, () => import("./paste.js")) }));

const behaviours = [
  ["h1:lang(zh), .row-title:lang(zh), .prose :is(h2, h3):lang(zh)", () => phrases],
  ["time[data-ago]", () => ago],
  [".code-block pre, .run-config pre", () => copy],
  [".prose math", () => copyLatex],
  ["[data-live-count]", () => liveCount],
  ["[data-run-live]", () => sandbox("live")],
  ["[data-editor]", () => import("./editor.js")],
  ["[data-complete-url]", () => suggest],
  ["textarea[data-editor-source]", () => pasting],
  ["[data-config]", () => sandbox("config")],
  ["[data-readings]", () => sandbox("reading")],
  ["[data-png]", () => sandbox("png")],
  ["[data-spots]", () => runPage("spots")],
  ["[data-snapshots]", () => runPage("snapshots")],
  ["[data-curves]", () => runPage("curves")],
  ["[data-cells]", () => runPage("cells")],
  ["[data-beside]", () => runPage("beside")],
  [".run-tabs", () => runPage("folds")],
  ["[data-choice]", () => import("./choice.js")],
  ["[data-playground]", () => sandbox("playground")],
  ["[data-controls]", () => import("./playground_page.js")],
  ["[data-guard]", () => guard],
  ["[data-copy-text]", () => copyText],
  ["[data-contents]", () => contents],
  ["[data-sidenotes]", () => sidenotes],
  ["[data-cover]", () => cover],
  ["[data-link-previews]", () => linkPreviews],
  [".picture-whole", () => import("./zoom.js")],
  ["[data-keys-switch]", () => import("./keys.js")],
  ["[data-news]", () => threadPage("news")],
  ["[data-quote-words]", quoting],
  ["[data-notice]", () => notice],
  ["[data-new-notices]", () => import("./new_notices.js")],
  ["[data-browser-zone]", () => browserZone],
  ["[data-once]", () => once],
  ["[data-poll]", () => poll],
  ["[data-push]", () => import("./push.js")],
  ["[data-read-up-to]", () => threadPage("readUpTo")],
  ["[data-related]", () => threadPage("related")],
  ["[data-timeline]", () => threadPage("timeline")],
  ["form[action$='/accounts/logout/']", () => signOut],
];

let attaching = 0;

// While <html> has data-ready, every behaviour of the page is attached, or has failed and was reported.
async function attach(root) {
  const { documentElement } = document;
  documentElement.toggleAttribute("data-ready", !++attaching);
  for (const [selector, load] of behaviours) {
    const places = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) places.unshift(root);
    const fresh = places.filter((place) => mark(place, selector));
    if (!fresh.length) continue;
    try {
      fresh.forEach((await load()).attach);
    } catch (error) {
      reportError(error); // and the others are attached all the same
    }
  }
  documentElement.toggleAttribute("data-ready", !--attaching);
}

const attached = new WeakMap();

// True the first time a behaviour meets an element: swapped-in fragments pass here again.
function mark(place, selector) {
  const known = attached.get(place) ?? new Set();
  attached.set(place, known);
  return !known.has(selector) && Boolean(known.add(selector));
}

// Pages have a worker in browsers that notifications are pushed to.
if (navigator.serviceWorker?.controller) {
  const close = ({ detail }) => import("./shown_notices.js").then((all) => all.closeRead(detail)).catch(() => {});
  document.addEventListener("chainrule:unread", close);
}

attachMenus();
attachPostingKey();
attachReturns();
attachSingleKeys(() => import("./keys.js"));
attachSwaps();
attachThemeSwitch();
attach(document.body);
document.addEventListener("chainrule:swapped", (event) => attach(event.target));

// Attaches each behaviour where its attribute stands. Modules are asked for only when a page needs them.
import { attachMenus } from "./menus.js";
import { attachSearchKey } from "./search_key.js";
import { attachSwaps } from "./swap.js";
import { attachThemeSwitch } from "./theme.js";

const behaviours = [
  ["h1:lang(zh), .row-title:lang(zh), .prose :is(h2, h3):lang(zh)", () => import("./phrases.js")],
  ["time[data-ago]", () => import("./ago.js")],
  [".code-block pre, .run-config pre", () => import("./copy.js")],
  [".prose math", () => import("./copy_latex.js")],
  ["[data-live-count]", () => import("./live_count.js")],
  ["[data-run-live]", () => import("./run_live.js")],
  ["[data-editor]", () => import("./editor.js")],
  ["[data-config]", () => import("./config_check.js")],
  ["[data-readings]", () => import("./curve_reading.js")],
  ["[data-playground]", () => import("./playground.js")],
  ["[data-guard]", () => import("./guard.js")],
  ["[data-copy-text]", () => import("./copy_text.js")],
  ["[data-contents]", () => import("./contents.js")],
  ["[data-sidenotes]", () => import("./sidenotes.js")],
  ["[data-cover]", () => import("./cover.js")],
  ["[data-notice]", () => import("./notice.js")],
  ["[data-once]", () => import("./once.js")],
  ["[data-poll]", () => import("./poll.js")],
  ["form[action$='/accounts/logout/']", () => import("./sign_out.js")],
];

async function attach(root) {
  for (const [selector, load] of behaviours) {
    const places = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) places.unshift(root);
    const fresh = places.filter((place) => mark(place, selector));
    if (!fresh.length) continue;
    const behaviour = await load();
    fresh.forEach(behaviour.attach);
  }
}

const attached = new WeakMap();

// True the first time a behaviour meets an element: swapped-in fragments pass here again.
function mark(place, selector) {
  const known = attached.get(place) ?? new Set();
  attached.set(place, known);
  return !known.has(selector) && Boolean(known.add(selector));
}

attachMenus();
attachSearchKey();
attachSwaps();
attachThemeSwitch();
attach(document.body);
document.addEventListener("chainrule:swapped", (event) => attach(event.target));

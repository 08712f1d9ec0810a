// A form or link whose answer replaces a part of the page. Without script, or when the network fails, it is an ordinary one.
//   <form method="post" action="…" data-swap>                    the answer replaces the form
//   <form method="post" action="…" data-swap=".vote">            … the closest .vote around it
//   <a href="…" data-swap="#comment-on-3">                       … what is in #comment-on-3
//   <form … data-swap=".worked-body" data-swap-next="…">         … where the part is, for a form whose `next` is a page
import { ASKING, announceSwap, noticeIn, parsed, showNotice } from "./fragments.js";

const CONTROLS = "button, input:not([type=hidden]), textarea, select, a[href]";
const TEXT = "textarea, input:not([type=hidden], [hidden])"; // what chooses a picture is hidden

// For the whole document at once, so that a click right after the page has loaded is not too early.
export function attachSwaps() {
  document.addEventListener("submit", (event) => take(event, event.target.closest("form[data-swap]")));
  document.addEventListener("click", (event) => take(event, event.target.closest("a[data-swap]")));
}

function take(event, element) {
  if (!element || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (element.dataset.swapping || isOpen(element)) return;
  const isForm = element.matches("form");
  const goOn = isForm ? plainSubmit(element, event.submitter) : () => location.assign(element.href);
  ask(element, isForm ? fields(element, event.submitter) : null, goOn);
}

async function ask(element, body, goOn) {
  element.dataset.swapping = "yes";
  const options = body ? { method: "POST", body } : {};
  const address = body ? element.action : element.href;
  const answer = await fetch(address, { ...options, headers: ASKING, credentials: "same-origin" }).catch(() => null);
  delete element.dataset.swapping;
  if (!answer || (answer.redirected && !element.dataset.swapNext)) goOn(); // the network failed, or somebody has to sign in first
  else if (answer.ok) swap(element, await parsed(answer));
  else refuse(await noticeIn(answer), goOn);
}

function refuse(notice, goOn) {
  if (notice) showNotice(notice);
  else goOn();
}

function fields(form, submitter) {
  const sent = new URLSearchParams(new FormData(form, submitter));
  if (form.dataset.swapNext) sent.set("next", form.dataset.swapNext);
  return sent;
}

// The form as the browser alone would send it, its button included.
function plainSubmit(form, submitter) {
  return () => {
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    form.submit();
  };
}

function swap(element, fresh) {
  const place = element.dataset.swap;
  if (place.startsWith("#")) fill(document.querySelector(place), fresh);
  else replace(place ? element.closest(place) : element, fresh.firstElementChild);
}

// What was opened is what one goes on with.
function fill(target, fresh) {
  target.replaceChildren(...fresh.childNodes);
  announceSwap(target);
  const text = target.querySelector(TEXT);
  text?.focus();
  if (text?.matches("textarea")) text.setSelectionRange(text.value.length, text.value.length); // a draft is gone on with
  text?.scrollIntoView({ block: "nearest" }); // with the margin that its styles give it
}

// A box that is open already, with what was written in it, is not fetched again.
function isOpen({ dataset }) {
  const box = dataset.swap.startsWith("#") && document.querySelector(dataset.swap)?.querySelector(TEXT);
  box?.focus?.();
  return Boolean(box);
}

// The focus stays on the control in the same position, and a fold is as open as it was.
export function replace(target, fresh) {
  const focused = [...target.querySelectorAll(CONTROLS)].indexOf(document.activeElement);
  for (const fold of fresh.querySelectorAll("[data-keep]")) fold.open ||= target.querySelector(`[data-keep=${fold.dataset.keep}]`)?.open;
  target.replaceWith(fresh);
  announceSwap(fresh);
  if (focused >= 0) fresh.querySelectorAll(CONTROLS)[focused]?.focus({ preventScroll: true });
}

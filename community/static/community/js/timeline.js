// The timeline of a long thread: a slider through its posts. Where its posts are in order of time, the slider and the
// address follow what is read, so that a reload or a copied address leads back there.
//   <nav data-timeline="follows"> … <input type="range" data-timeline-range data-jump="/threads/5/jump/?number=">
const REST_MS = 500; // after a key, before the page is left: keys come in series

export function attach(place) {
  const range = place.querySelector("[data-timeline-range]");
  const here = place.querySelector("[data-timeline-here]");
  const aim = place.querySelector("[data-timeline-aim]");
  const marks = [...place.querySelectorAll("[data-number]")];
  let timer = 0;

  const show = (number) => {
    range.value = number;
    here.textContent = number;
    range.setAttribute("aria-valuetext", words(number));
    marks.forEach((mark) => mark.removeAttribute("aria-current"));
    markBefore(number)?.setAttribute("aria-current", "true");
  };
  const markBefore = (number) => marks.findLast((mark) => Number(mark.dataset.number) <= number);
  const words = (number) => [`#${number}`, markBefore(number)?.querySelector("time").textContent].filter(Boolean).join(" · ");
  const go = () => {
    const post = document.getElementById(`post-${range.value}`);
    aim.hidden = true;
    if (!post) { location.assign(range.dataset.jump + range.value); return; }
    place.querySelector(":popover-open")?.hidePopover();
    post.scrollIntoView();
  };

  range.addEventListener("input", () => {
    clearTimeout(timer);
    aim.hidden = false;
    aim.textContent = words(range.value);
    range.setAttribute("aria-valuetext", aim.textContent);
  });
  addEventListener("pageshow", () => { aim.hidden = true; range.value = here.textContent; }); // as it was left, if one comes back
  range.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(go, REST_MS); });
  if (place.dataset.timeline) follow((post) => { if (aim.hidden) show(post.id.slice("post-".length)); });
}

// Calls with the topmost post in view when it is another one, and puts it into the address. What the browser scrolls by
// itself, to the post of the address, changes neither.
const BY_HAND = ["wheel", "touchmove", "pointerdown", "keydown"];

function follow(hear) {
  let current = null;
  let timer = 0;
  const look = () => {
    const post = topmost();
    if (!post || post === current) return;
    current = post;
    hear(post);
    const address = new URL(post.querySelector(".post-number")?.href ?? location.href);
    const order = new URLSearchParams(location.search).get("order");
    if (order) address.searchParams.set("order", order);
    history.replaceState(history.state, "", address);
  };
  const begin = () => {
    BY_HAND.forEach((name) => removeEventListener(name, begin));
    addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(look, 150); }, { passive: true });
  };
  BY_HAND.forEach((name) => addEventListener(name, begin, { passive: true }));
}

// The last post that begins above the place to which the browser would scroll it.
function topmost() {
  const posts = [...document.querySelectorAll("main article[id^='post-']")];
  const padding = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const edge = (post) => padding + (parseFloat(getComputedStyle(post).scrollMarginTop) || 0) + 8;
  return posts.findLast((post) => post.getBoundingClientRect().top <= edge(post)) ?? posts[0];
}

// Parts of pages, as the server renders them for a script: the header asks for the part alone.
export const ASKING = { "X-Requested-With": "fetch", Accept: "text/html" };

const NOTICE_MS = 10_000;

// The answer as elements.
export async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

export function announceSwap(place) {
  place.dispatchEvent(new CustomEvent("chainrule:swapped", { bubbles: true }));
}

// The sentence of a refusal, if the answer is one of ours and no page of its own.
export async function noticeIn(answer) {
  return (await parsed(answer)).querySelector(":scope > [role=alert]");
}

// Shown at the edge of the window, for the place that was clicked may be anywhere on a long page.
export function showNotice(notice) {
  document.querySelectorAll(".notice-float").forEach((old) => old.remove());
  const place = Object.assign(document.createElement("div"), { className: "notice-float" });
  place.append(notice);
  place.addEventListener("click", () => place.remove());
  document.body.append(place);
  setTimeout(() => place.remove(), NOTICE_MS);
}

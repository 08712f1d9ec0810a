// A page that the browser kept whole, and shows again when one goes back, is asked for anew if it is of another reader,
// language or theme than the newest one.   <body data-reader="…">: the account it was made for, empty for a visitor
const PLACE = "newest";

export function attachReturns() {
  keep();
  addEventListener("pageshow", (event) => {
    if (!event.persisted || kept() === look()) return;
    document.body.hidden = true; // nothing of one who has signed out is seen meanwhile
    location.reload();
  });
}

// When a page begins and changes, not when it is left: the page one returns to may run before this one has ended.
export function keep() {
  try {
    sessionStorage.setItem(PLACE, look());
  } catch { return; }  // a browser that keeps nothing
}

function kept() {
  try {
    return sessionStorage.getItem(PLACE);
  } catch { return look(); }
}

function look() {
  const { lang, dataset } = document.documentElement;
  return [lang, dataset.theme, document.body.dataset.reader].join();
}

// A form with text that is nowhere saved asks before it lets go of the page.
//   <form data-guard>; editor.js clears it when a draft is kept by setting form.dataset.saved.
export function attach(form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; delete form.dataset.saved; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => {
    if (dirty && !("saved" in form.dataset)) event.preventDefault();
  });
}

// A form that was sent is not sent again by a second click, unless the page is still there a while later.
const AGAIN_MS = 10_000;

export function attach(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = true; }));
    setTimeout(() => release(form), AGAIN_MS);
  });
  addEventListener("pageshow", () => release(form));
}

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button:disabled").forEach((button) => { button.disabled = false; });
}

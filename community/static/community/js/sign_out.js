// Whoever signs out leaves no text behind in this browser: what is unsaved goes to the server, then all copies go.
// Nothing that was pushed to it is shown any longer.
import { forgetCopies } from "./copies.js";

export function attach(form) {
  form.addEventListener("submit", () => {
    dispatchEvent(new Event("chainrule:leaving"));
    forgetCopies();
    if (navigator.serviceWorker?.controller) {
      navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
        .then((shown) => shown.forEach((notice) => notice.close()));
    }
  });
}

// Whoever signs out leaves no text behind in this browser: what is unsaved goes to the server, then all copies go.
// Nothing more is pushed to it either.
import { forgetCopies } from "./copies.js";

export function attach(form) {
  form.addEventListener("submit", () => {
    dispatchEvent(new Event("chainrule:leaving"));
    forgetCopies();
    if (navigator.serviceWorker?.controller) {
      navigator.serviceWorker.ready.then(async (registration) => {
        (await registration.getNotifications()).forEach((notice) => notice.close());
        await (await registration.pushManager.getSubscription())?.unsubscribe();
      });
    }
  });
}

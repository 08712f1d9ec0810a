// Whoever signs out leaves no text behind in this browser: what is unsaved goes to the server, then all copies go.
import { forgetCopies } from "./copies.js";

export function attach(form) {
  form.addEventListener("submit", () => {
    dispatchEvent(new Event("chainrule:leaving"));
    forgetCopies();
  });
}

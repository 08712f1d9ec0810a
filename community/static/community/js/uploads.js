// Files on their way to the server: a line for each with how far it is, which can be cancelled, and sent again if it failed.
import { word } from "./words.js";

const travelling = new WeakMap(); // how many, by form

// Sends the fields and returns { status, answer }; answer is null and status 0 if the server was not reached.
export function upload(url, fields, { onProgress, signal }) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const end = (answer) => done({ status: request.status, answer });
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("X-Requested-With", "fetch");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => end(request.response));
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => end(null));
    signal.addEventListener("abort", () => request.abort());
    request.send(fields);
  });
}

// The line of a file under the text. `cancel` and `again` are called by its buttons.
export function line(form, name, { cancel, again }) {
  const row = document.createElement("li");
  const label = Object.assign(document.createElement("span"), { textContent: name, className: "upload-name" });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", name);
  const stop = button(word("uploadCancel"), () => { close(); cancel(); });
  row.append(label, bar, stop);
  list(form).append(row);
  change(form, 1);
  let isOpen = true;

  function settle() {
    if (isOpen) change(form, -1);
    isOpen = false;
  }

  function close() {
    settle();
    row.remove();
  }

  function fail() {
    settle();
    bar.remove();
    stop.before(button(word("uploadAgain"), () => { row.remove(); again(); }));
  }

  return { close, fail, show: (share) => { bar.value = share; } };
}

// True while a file of this form is on its way.
export const isTravelling = (form) => (travelling.get(form) ?? 0) > 0;

const change = (form, by) => travelling.set(form, (travelling.get(form) ?? 0) + by);

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function list(form) {
  const known = form.querySelector("[data-uploads]");
  if (known) return known;
  const made = Object.assign(document.createElement("ul"), { className: "uploads" });
  made.dataset.uploads = "";
  made.setAttribute("role", "list");
  form.querySelector(".editor-foot").before(made);
  return made;
}

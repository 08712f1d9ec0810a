// What is said under an editor, on its [data-editor-status]. News stays until it can have been read; what is said all the
// time, such as that the draft is saved, waits for that, and is replaced at once itself.
const READING_MS = 3_000;
const LETTER_MS = 60;

export function tell(status, sentence, isBad = false) {
  show(status, sentence, isBad);
  if (status) status.dataset.until = Date.now() + READING_MS + LETTER_MS * sentence.length;
}

// What is wrong with the draft does not wait.
export function tellState(status, sentence, isBad = false) {
  const left = (status?.dataset.until ?? 0) - Date.now();
  if (isBad || left <= 0) { show(status, sentence, isBad); return; }
  clearTimeout(status.dataset.timer);
  status.dataset.timer = setTimeout(() => show(status, sentence, isBad), left);
}

function show(status, sentence, isBad) {
  if (!status) return;
  clearTimeout(status.dataset.timer);
  delete status.dataset.until;
  status.textContent = sentence;
  status.classList.toggle("is-bad", isBad);
}

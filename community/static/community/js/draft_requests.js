// The server's side of drafts: {version} when it has the text, {draft} when it has another one, else perhaps a {message},
// or {isSignedOut} when it no longer knows whose the text is.
export async function saveDraft(editor, wish) {
  const answer = await fetch(editor.urls.draftUrl, {
    method: "POST",
    credentials: "same-origin",
    keepalive: wish.source.length < 15_000,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Requested-With": "fetch" },
    body: JSON.stringify(wish),
  }).catch(() => null);
  if (answer?.redirected || answer?.status === 401) return { isSignedOut: true };
  const told = await read(answer);
  if (answer?.ok) return { version: told?.version };
  return { draft: told?.draft, message: told?.error?.message };
}

// What the server has of a box, and which of these submissions it made posts of; null when it does not say.
export async function askDraft(editor, key, submissions) {
  const query = new URLSearchParams([["key", key], ...submissions.map((each) => ["submission", each])]);
  const answer = await fetch(`${editor.urls.savedUrl}?${query}`, { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? read(answer) : null;
}

function read(answer) {
  return answer && !answer.redirected ? answer.json().catch(() => null) : null;
}

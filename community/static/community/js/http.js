// Requests to our own site.
export function post(url, fields, options = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { "X-Requested-With": "fetch", Accept: "application/json", ...options.headers };
  return fetch(url, { method: "POST", body, credentials: "same-origin", ...options, headers });
}

// The time zone of the browser, for an account that has none: <input type="hidden" name="browser_zone" data-browser-zone>
export function attach(input) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

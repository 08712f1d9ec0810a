// What was read, here or elsewhere, is no longer shown by this device.
export async function closeRead(countUrl) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const shown = await registration?.getNotifications() ?? [];
  if (!shown.length) return;
  const answer = await fetch(`${countUrl}?lines`, { credentials: "same-origin" });
  if (!answer.ok) return;
  const { lines } = await answer.json();
  shown.filter((notice) => !lines.includes(Number(notice.tag))).forEach((notice) => notice.close());
}

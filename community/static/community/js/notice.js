// Following a notification's link, in this tab or another, marks it as read. The link itself needs no script.
export function attach(row) {
  const form = row.querySelector("form");
  const link = row.querySelector("a");
  if (!form || !link) return;
  const read = () => {
    if (!row.classList.contains("unread")) return;
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" });
    row.classList.remove("unread");
    form.remove();
  };
  link.addEventListener("click", read);
  link.addEventListener("auxclick", (event) => { if (event.button === 1) read(); });
}

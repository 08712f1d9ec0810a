// Saves a drawing of this site as PNG, twice as large as it is; if that cannot be done, opens the drawing.
//   a[data-png="name.png"][href="….svg"]
const FINER = 2;

export function attach(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    save(link.href, link.dataset.png).catch(() => location.assign(link.href));
  });
}

async function save(url, name) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const size = { width: FINER * image.naturalWidth, height: FINER * image.naturalHeight };
  const canvas = Object.assign(document.createElement("canvas"), size);
  canvas.getContext("2d").drawImage(image, 0, 0, size.width, size.height);
  const picture = URL.createObjectURL(await new Promise((done) => { canvas.toBlob(done, "image/png"); }));
  Object.assign(document.createElement("a"), { href: picture, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(picture), 60_000);
}

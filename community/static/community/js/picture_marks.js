// Which pictures can be sent, and the marks that stand for them in a text while they are on their way.
import { word } from "./words.js";

export const PICTURE_BYTES = 5 * 1024 * 1024;
export const PICTURE_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

// One that no other in this page has, whichever script makes it.
export function markOf() {
  const page = document.documentElement.dataset;
  page.pictures = Number(page.pictures ?? 0) + 1;
  return `![${word("pictureTravels")} ${page.pictures}…]()`;
}

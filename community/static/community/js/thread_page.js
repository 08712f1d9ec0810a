// What the page of a thread does: one file, asked for by the first of them.
import * as news from "./news.js";
import * as readUpTo from "./read_up_to.js";
import * as related from "./related.js";
import * as timeline from "./timeline.js";

export { news, readUpTo, related, timeline };

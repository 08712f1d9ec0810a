// What a config to run and the card of a run do, wherever they stand: one file, asked for by the first of them.
import * as config from "./config_check.js";
import * as live from "./run_live.js";
import * as playground from "./playground.js";
import * as png from "./png.js";
import * as reading from "./curve_reading.js";

export { config, live, playground, png, reading };

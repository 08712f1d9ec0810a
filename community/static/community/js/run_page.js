// What the pictures of a run's page do: one file, asked for by the first of them.
import * as curves from "./curves.js";
import * as folds from "./folds.js";
import * as snapshots from "./snapshots.js";
import * as spots from "./spots.js";

export { curves, folds, snapshots, spots };

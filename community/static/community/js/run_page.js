// What the pictures of a run's page do: one file, asked for by the first of them.
import * as beside from "./beside.js";
import * as cells from "./cells.js";
import * as curves from "./curves.js";
import * as folds from "./folds.js";
import * as snapshots from "./snapshots.js";
import * as spots from "./spots.js";

export { beside, cells, curves, folds, snapshots, spots };

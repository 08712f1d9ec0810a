"""What the reference says in sentences, around the tables that are made from the declaration."""

from bpsandbox.messages import N_

BEFORE = (
    N_("""# The config language"""),
    """<!-- Made by `python -m bpsandbox.spec.reference`; change bpsandbox/spec/language, not this page. -->""",
    N_("""A config is one YAML or JSON mapping that says what is trained: data, model, loss, and how. Names and meanings
are PyTorch's. Everything has a default except `dataset`, `model` and `loss`."""),
    """```yaml
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 3, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 5000, batch_size: full}
```""",
    N_("""It is read strictly, by YAML 1.2's rules: `1e-3` is a number, `no` is a word. There are no anchors, aliases,
tags or merge keys; a name that stands twice or is not known is an error; NaN and infinity are refused. A
config has at most 64 KiB, 12 levels, 500 entries outside lists of numbers, and 20,000 numbers in lists. Every
problem is told at once, with its line, column and path."""),
    N_("""Where a block needs nothing but its type, the name alone is enough: `loss: MSELoss` is `loss: {type:
MSELoss}`. Names of Keras and scikit-learn are read as PyTorch's, and a note says so."""),
    N_("""The defaults are part of the canonical form, whose hash names a run: two configs that mean the same have the
same hash. `title` and `notes` are not part of it."""),
)

BLOCKS = {
    "dataset": N_(
        "Data are made by a formula or carried by this package; none is downloaded. All seeds of a run "
        "see the same data: the draw is fixed by the dataset's own `seed`, and gives the same bytes on "
        "every machine. The site shows a card of each set under `/data/`: a picture, size, balance, "
        "content hash, source, licence, and a config to begin with."
    ),
    "model": N_(
        "Layers from the data to the loss. An activation stands on a layer (`activation:`) or is a layer "
        "of its own, with the fields of the next section."
    ),
    "activation": N_(
        "A name, or a mapping where it has fields. `gelu` is exact (with erf); `approximate: tanh` gives "
        "the other form."
    ),
    "init": N_(
        "Where weights begin; at the top for all layers, or on a layer. When nothing is said: "
        "`kaiming_uniform` (fan in, gain √2) for a layer followed by relu, leaky_relu, elu, gelu, silu or"
        " mish, else `xavier_uniform`. `torch_default`, `keras_default` and `sklearn_default` begin where"
        " the libraries do, biases included. Embeddings begin with normal(0, 1), recurrent layers with "
        "`xavier_uniform`, norms with ones and zeros whatever stands at the top. `values` takes a matrix "
        "(out, in) or kernels (out, in, height, width), the same for every seed; of several tensors a "
        "mapping by name, gates in PyTorch's order."
    ),
    "bias_init": N_("Where biases begin: zeros when nothing is said."),
    "loss": N_(
        "`MSELoss` is the mean over all elements. `CrossEntropyLoss` takes logits. `BCELoss` takes "
        "probabilities, `BCEWithLogitsLoss` logits. `hinge` with one output is mean max(0, 1 − y z), y = "
        "±1; with one output a class it is PyTorch's MultiMarginLoss. Classes become what the loss needs:"
        " class rows, 0 and 1, ±1, or, for one output of a distance, the class number itself."
    ),
    "regularization": N_(
        "Penalties that are part of the objective: `train_loss` includes them, `data_loss` stands beside it."
    ),
    "compat": N_(
        "Each choice fills in what is not written, as another library would; what is written stays, "
        "except that Keras's l2 has no half and its momentum of batch norm is the share of the old. "
        "`keras`: lr and eps of Keras 3, weight decay beside the gradient, lr inside the velocity, Adam's"
        " ε̂, eps inside the root of RMSprop and Adagrad, Adagrad from 0.1, cross-entropy of "
        "probabilities, batch norm .99 of the old with the biased variance and eps 1e-3. `sklearn`: half "
        "the squares, sums over a sample's outputs, alpha 1e-4 divided by the batch's size, SGD with "
        "Nesterov's momentum .9, ε̂, batches of 200. `textbook`: half a sum of squares a sample, lr "
        "inside the velocity. The canonical form has all of it written out, and no `compat`; starts are "
        "never touched."
    ),
    "optimizer": N_(
        "Defaults and formulas are PyTorch's, except that SGD starts with lr 0.01; `weight_decay` is "
        "coupled in all but AdamW and Lion, unless `decoupled_weight_decay` is true. Fields without a "
        "default choose a form, and go without saying in PyTorch's: `momentum_form: gradients` sums "
        "gradients and multiplies by lr after that (v = μv + g, w = w − lr v), `updates` has lr inside (v"
        " = μv − lr g, w = w + v); `eps_place` says where eps is added, in Adam to the `corrected` root "
        "√v̂ or the `uncorrected` √v (the paper's ε̂), in RMSprop and Adagrad `outside` or `inside` the "
        "root, in Adamax `inside` or `outside` the maximum. A step of LBFGS makes up to `max_iter` moves,"
        " each evaluating all examples anew, and every seed searches for itself; it takes no clipping and"
        " no dropout, and running statistics of layers are updated once a step."
    ),
    "lr_scheduler": N_(
        "PyTorch's schedules, counted in epochs or steps. OneCycleLR counts steps and leaves momentum as it is."
    ),
    "gradient_clipping": N_("By the norm of a seed's whole gradient, or number by number."),
    "training": N_(
        "The last short batch is kept. A recorded point measures whole parts of the data, also before the first step."
    ),
    "stopping": N_(
        "Rules look at recorded points. A seed that stops is frozen while the others go on. What is not "
        "finite always stops a seed, with the layer and the step."
    ),
    "checks": N_(
        "`gradient_check` compares backward with centred differences in double precision: above 1e-2 is "
        "wrong, above 1e-4 suspicious, up to 1e-7 good. Kinks are skipped. `overfit_tiny: true` trains "
        "the first seed's network, from its start, on a few examples alone, without penalty, dropout, "
        "clipping or schedule, by Adam: the loss of a healthy one falls to a hundredth, less what "
        "smoothed targets leave, within 1,000 steps."
    ),
    "record": N_(
        "What is kept beside the curves, for the first seed; gradients for all. "
        "`records.gradients.norms[i][l][s]` is the Euclidean norm of layer l's gradient, penalties "
        "included and before clipping, in the step that seed s makes from recorded point i (null at the "
        "last, and where the seed has stopped). `records.activations` has `mean`, `std`, `zero` (share "
        "that is 0), `saturated` (within a hundredth of the activation's range from its bounds) and "
        "`dead` (share of outputs that are 0 for every example) as [i][l], over up to 256 training "
        "examples. `records.weights` lists epochs with all tensors; epochs after the first seed's end are"
        " taken at its end. Where there is a schedule, `records.learning_rate[i]` is the rate of the step"
        " after point i, one a seed for ReduceLROnPlateau."
    ),
    "sweep": N_(
        "One config, several settings in one run. A setting is the config as you wrote it, with the named "
        "values in place of yours; what is not written takes its default for these values, and `compat` "
        "chooses for them. So it has the hash and, bit for bit, the numbers of that config run alone. One "
        "default is pinned: `seeds` are those of the config without its sweep, so that all settings draw "
        "their starts, batches and masks from the same seeds. `dtype`, `seeds`, `metrics`, `stopping`, "
        "`checks`, `record` and the length in `training` cannot be varied. The data are drawn by "
        "`dataset.seed`, and starts that are not written follow each setting's own activations: write "
        "`init` to compare activations from one start. Settings that differ in learning rates or starts "
        "alone train as one stack. Checks and records are those of the first setting."
    ),
}

AFTER = (
    N_("""## `metrics`"""),
    N_("""`accuracy`, `confusion_matrix`, `precision`, `recall`, `f1` and `roc_auc` for classes; `rmse`, `mae` and `r2`
for numbers. Each is recorded for every part of the data: `train_accuracy`, `test_accuracy`. With more than
two classes precision, recall and f1 are means over the classes."""),
    N_("""## Monitors"""),
    N_("""What `stopping` and `ReduceLROnPlateau` may look at: `train_loss`, `val_loss`, `test_loss`, `data_loss`
(beside a penalty) and the metrics that are recorded, such as `val_accuracy`."""),
    N_("""## Random numbers"""),
    N_("""Every draw of a run comes from `numpy.random.SeedSequence(seed, spawn_key=(i,))`, i the place of its stream in
data, split, init, shuffle, dropout. Data and split use the seeds of their own blocks, the others the seed of
the run."""),
    N_("""## In an editor"""),
    N_("""A JSON Schema of this language, `docs/config.schema.json`, is served by the site at
[/playground/config.schema.json](/playground/config.schema.json). Editors that know YAML's language server complete
names with it, explain fields and underline what is wrong; a config names it in its first line, with the site's own
address in front:"""),
    """```text
# yaml-language-server: $schema=https://chainrule.example/playground/config.schema.json
```""",
    N_("""Sizes that must fit each other and what a run costs are only checked where it is read: in the playground or by
`python manage.py train`."""),
    N_("""## Examples"""),
    N_("""Where there is a target, the site's tests train the config and check that it is reached."""),
)

"""Rules that look at more than one block of a config. Each adds its problems to the draft's log."""

from __future__ import annotations

from collections.abc import Callable

from bpsandbox.spec.draft import Draft

from . import data, layers, loss, measuring, model, training

RULES: tuple[Callable[[Draft], None], ...] = (
    data.points_are_whole,
    data.echo_comes_within_the_sequence,
    data.features_need_a_plane,
    data.split_leaves_training,
    layers.embedding_looks_up_the_data,
    layers.truncation_cuts,
    layers.norms_have_company,
    layers.starts_have_tensors,
    model.something_is_trained,
    model.step_is_straight,
    model.softmax_has_company,
    model.bounds_are_apart,
    model.values_belong_to_a_layer,
    loss.loss_fits_data,
    loss.outputs_fit_targets,
    loss.activation_fits_loss,
    loss.classes_can_be_reached,
    loss.class_weights_fit,
    training.momentum_is_there,
    training.momentum_has_one_form,
    training.lbfgs_sees_the_same_everywhere,
    training.penalty_has_one_name,
    training.length_is_given_once,
    training.batches_are_no_larger_than_the_data,
    training.rates_move_something,
    training.cycle_is_long_enough,
    training.rates_have_an_effect,
    training.seeds_are_given_once,
    training.clipping_says_what,
    measuring.metrics_are_named_once,
    measuring.metrics_fit_data,
    measuring.monitors_are_measured,
    measuring.example_exists,
    measuring.example_is_within_the_run,
    measuring.epochs_are_within_the_run,
    measuring.weights_are_few,
    measuring.boundary_needs_a_plane,
)

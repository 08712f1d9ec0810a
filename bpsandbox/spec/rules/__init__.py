"""Rules that involve more than one field or block. Each adds its problems to the draft's log."""

from __future__ import annotations

from collections.abc import Callable

from bpsandbox.spec.draft import Draft

from . import data, layers, loss, measuring, model, training

RULES: tuple[Callable[[Draft], None], ...] = (
    data.points_are_complete,
    data.echo_comes_within_the_sequence,
    data.features_need_points_of_the_plane,
    data.split_leaves_training_examples,
    layers.embedding_takes_whole_numbers,
    layers.truncation_is_shorter_than_the_sequence,
    layers.norms_need_several_values,
    layers.initialisation_has_a_parameter,
    model.something_is_trained,
    model.step_is_straight_through,
    model.softmax_has_several_outputs,
    model.bounds_are_ordered,
    model.values_belong_to_a_layer,
    loss.loss_fits_data,
    loss.outputs_fit_targets,
    loss.activation_fits_loss,
    loss.classes_can_be_reached,
    loss.class_weights_fit,
    training.nesterov_has_momentum,
    training.momentum_has_one_form,
    training.lbfgs_has_a_fixed_objective,
    training.penalty_has_one_name,
    training.length_is_given_once,
    training.batches_are_no_larger_than_the_data,
    training.learning_rates_are_above_zero,
    training.eps_keeps_updates_defined,
    training.cycle_is_long_enough,
    training.rates_have_an_effect,
    training.seeds_are_given_once,
    training.clipping_has_a_limit,
    measuring.metrics_are_named_once,
    measuring.metrics_fit_data,
    measuring.monitors_are_recorded,
    measuring.example_is_in_the_data,
    measuring.example_is_within_the_run,
    measuring.epochs_are_within_the_run,
    measuring.recorded_weights_are_few,
    measuring.saliency_needs_pictures,
    measuring.boundary_needs_points,
)

"""Segment classifiers on the published trench segments: scores against exclusion distance, and the cost of the sweep.

Prints tables of what was measured, the goal and whether it is met, beside the rules that use no feature. Needs the
published tables (``--data``), which may not be shipped. Run from the repository: ``make bench``, or
``PYTHONPATH=build/plugins .venv/bin/python benchmarks/subduction.py --parts network``. Results: SUBDUCTION.md.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fumarole.algorithms.networks import torch_threads
from fumarole.algorithms.subduction.baselines import RULES
from fumarole.algorithms.subduction.checkpoints import published_classes, published_inputs, read_checkpoint
from fumarole.algorithms.subduction.class_bounds import ClassBounds
from fumarole.algorithms.subduction.exclusion_curve import DISTANCES_KM, exclusion_distance_curve
from fumarole.algorithms.subduction.folds import (
    Exclusion,
    block_folds,
    leave_one_region_out,
    reference_stretches,
    stretches,
)
from fumarole.algorithms.subduction.validation import predict_folds, score_folds
from fumarole.benchmarks.lib.goals import Goal, markdown, measure_parts
from fumarole.benchmarks.lib.reference_segment_network import EPOCHS, train_reference
from fumarole.benchmarks.lib.segment_tables import FOLDER, published_segments

TWO, THREE = ClassBounds((8.0,)), ClassBounds((6.4, 8.3))
REPEATS = 10
NETWORK_GOALS = {
    TWO: (0.80, 0.785, 0.76, 0.73, 0.68, 0.655, 0.58, 0.57),
    THREE: (0.58, 0.57, 0.52, 0.48, 0.45, 0.40, 0.375, 0.355),
}
REFERENCE = {  # figures given for the published code, not measured here
    TWO: (0.765, 0.767, 0.705, 0.727, 0.641, 0.651, 0.566, 0.561),
    THREE: (0.559, 0.539, 0.508, 0.493, 0.447, 0.398, 0.375, 0.373),
}
CONTEXT_GOALS = {TWO: (0.89, 0.89, 0.88, 0.86, 0.87, 0.86, 0.82, 0.77)}
SWEEP_GOAL_S = 60.0
CONFUSION = [[16, 20, 3], [7, 12, 4], [9, 28, 8]]


def published(segments, arguments):
    """Yield whether the published confusion matrix comes back."""
    network = read_checkpoint(Path(arguments.data) / "checkpoints" / "ncls3_dex100_scenario4.pt")
    tested = reference_stretches(segments, 5).number == 4
    predicted = network.outputs(published_inputs(segments.values))[tested].argmax(axis=1)
    confusion = np.zeros((3, 3), dtype=int)
    np.add.at(confusion, (published_classes(segments.filled_magnitude)[tested], predicted), 1)
    found = confusion.tolist()
    yield Goal("published 3-class network, its test block", str(CONFUSION), str(found), found == CONFUSION)


def network(segments, arguments):
    """Yield the scores of the network on features, and what the sweep costs."""
    for bounds in (TWO, THREE):
        start = time.process_time()
        curve = exclusion_distance_curve(segments, bounds, n_repeats=REPEATS)
        seconds = time.process_time() - start
        yield from _curve_goals(curve, bounds, "network", NETWORK_GOALS[bounds], REFERENCE[bounds])
        n_networks = 5 * len(DISTANCES_KM) * REPEATS
        if bounds is TWO:
            reference = _reference_seconds(segments, bounds, arguments.reference_epochs)
            yield Goal(
                f"CPU, sweep of {n_networks} networks with preprocessing and rules",
                f"<= {SWEEP_GOAL_S:g} s",
                f"{seconds:.1f} s",
                seconds <= SWEEP_GOAL_S,
                f"reference-style loop {reference:.1f} s for one network, {reference * n_networks / 3600:.1f} h for all"
                f" ({arguments.reference_epochs} of {EPOCHS} epochs timed)",
            )


def context(segments, arguments):
    """Yield the scores of the classifier that uses its neighbours' labels."""
    curve = exclusion_distance_curve(segments, TWO, classifiers=("context",), n_repeats=REPEATS)
    yield from _curve_goals(curve, TWO, "context", CONTEXT_GOALS[TWO], None)


def extra_trees(segments, arguments):
    """Yield the scores of extremely randomised trees, for which there is no goal."""
    for bounds in (TWO, THREE):
        curve = exclusion_distance_curve(segments, bounds, classifiers=("extra_trees",), n_repeats=REPEATS)
        yield from _curve_goals(curve, bounds, "extra_trees", (None,) * len(DISTANCES_KM), None)


def transfer(segments, arguments):
    """Yield what is left when whole ruptures or whole regions are kept apart, two classes."""
    classes = TWO.classes(segments.magnitude)
    ruptures = Exclusion(100.0, same_rupture=True)
    designs = {
        "ruptures kept apart, 100 km": block_folds(segments, stretches(segments, 5), ruptures),
        "one region left out": leave_one_region_out(segments),
    }
    for words, folds in designs.items():
        scores = {}
        for name in ("network", *RULES):
            found = predict_folds(name, segments, classes, 2, folds, 5)
            scores[name] = score_folds(name, 100.0, classes, 2, folds, found).f1_pooled
        ours = scores.pop("network")
        yield Goal(f"pooled macro F1, 2 classes, {words}, network", "", f"{ours:.3f}", None, _listed(scores))


def _curve_goals(curve, bounds, classifier, goals, reference):
    by_name = {(score.classifier, score.distance_km): score for score in curve.scores}
    for index, distance in enumerate(DISTANCES_KM):
        own = by_name[classifier, float(distance)]
        beside = {name: by_name[name, float(distance)].f1_macro for name in RULES}
        if reference is not None:
            beside["published code"] = reference[index]
        goal = goals[index]
        yield Goal(
            f"macro F1, {bounds.n_classes} classes, {distance} km, {classifier}",
            "" if goal is None else f">= {goal:g}",
            f"{own.f1_macro:.3f} (single {own.f1_single:.3f}, sd {own.f1_sd:.3f})",
            None if goal is None else own.f1_macro >= goal,
            _listed(beside),
        )


def _reference_seconds(segments, bounds, epochs):
    fold = block_folds(segments, stretches(segments, 5))[0]
    features = published_inputs(segments.values)[fold.train]
    classes = bounds.classes(segments.magnitude)[fold.train]
    train_reference(features[:32], classes[:32], bounds.n_classes, 1)  # first calls import and allocate
    start = time.process_time()
    train_reference(features, classes, bounds.n_classes, epochs)
    return (time.process_time() - start) * EPOCHS / epochs


def _listed(scores):
    return ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in scores.items())


PARTS = {
    "published": published,
    "network": network,
    "context": context,
    "extra_trees": extra_trees,
    "transfer": transfer,
}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated: " + ", ".join(PARTS))
    parser.add_argument("--data", default=str(FOLDER), help="folder with alu.csv ... and checkpoints/")
    parser.add_argument("--reference-epochs", type=int, default=2, help=f"timed, of {EPOCHS} (default 2)")
    arguments = parser.parse_args()
    if not (Path(arguments.data) / "alu.csv").is_file():
        print("The published segments are not present: nothing was measured. Name their folder with --data.")
        return
    segments = published_segments(arguments.data)
    with threadpool_limits(1), torch_threads(1):
        goals = measure_parts(PARTS, arguments.parts, segments, arguments)
    print(markdown(goals))


if __name__ == "__main__":
    main()

"""Deep embedded clustering beside ClustPy, scikit-learn and the reference recipe: cost, stability, truth.

Prints one table: what was measured, the goal, the result, whether it is met, and what the others give in the same
run. Costs are CPU seconds on one thread, compared as ratios. See README.md beside this file. Run from the repository:
``make bench``, or ``PYTHONPATH=build/plugins .venv/bin/python benchmarks/clustering.py --parts cost,truth``.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fumarole.algorithms.clustering.consensus import adjusted_rand_index
from fumarole.algorithms.clustering.ensemble import EFFORTS, fit_ensemble
from fumarole.algorithms.networks import torch_threads
from fumarole.benchmarks.lib import peers, populations, tables
from fumarole.benchmarks.lib.clock import cpu_seconds
from fumarole.benchmarks.lib.goals import Goal, markdown, measure_parts
from fumarole.benchmarks.lib.reference_recipe import ITERATIONS, reference_recipe

SEEDS = (1, 2, 3, 4)
CLUSTPY_CASES = 2  # per goal, unless --all-clustpy: its runs take most of the time
CLUSTPY = "ClustPy DEC"
BLOB_TABLES = 4
COMPOSITION_TABLES = 8
WORSE_THAN_K_MEANS = 0.02  # allowed on tables that k-means suits


def consensus(features, n_clusters, seed):
    """Labels by the consensus of the default effort."""
    return fit_ensemble(features, n_clusters, "standard", seed).labels


def one_run(features, n_clusters, seed):
    """Labels by one run."""
    return fit_ensemble(features, n_clusters, "quick", seed).labels


PEERS = {
    "k-means": peers.k_means,
    "Gaussian mixture": peers.gaussian_mixture,
    CLUSTPY: peers.clustpy_dec,
    "one run of ours": one_run,
}


def cost(arguments):
    """Yield the goals on CPU seconds, on the wine table (178 x 13, k = 3)."""
    raw, features, _ = tables.labelled("wine")
    one_run(features, 3, 0)  # first calls import and allocate
    programs = {
        "consensus": lambda seed: consensus(features, 3, seed),
        "one run": lambda seed: one_run(features, 3, seed),
        "ClustPy DEC": lambda seed: peers.clustpy_dec(features, 3, seed),
        "ClustPy IDEC": lambda seed: peers.clustpy_idec(features, 3, seed),
        "reference": lambda seed: reference_recipe(raw, 3, seed),
    }
    seconds = cpu_seconds(programs, arguments.repetitions)
    keras = peers.keras_seconds(raw, 3, arguments.keras_iterations)
    scale = ITERATIONS / arguments.keras_iterations
    seconds["reference in Keras"] = keras["start"] + scale * keras["iterations"]
    n_runs = EFFORTS["standard"].n_free + EFFORTS["standard"].n_anchored
    seconds["run in consensus"] = seconds["consensus"] / n_runs
    keras_form = f"TensorFlow {keras['version']}" + (
        f"; {arguments.keras_iterations} of {ITERATIONS} iterations timed, times {scale:g}" if scale > 1 else ""
    )
    comparisons = (
        (f"{n_runs}-run consensus / one ClustPy DEC", "consensus", "ClustPy DEC", 4, ""),
        ("one run alone / ClustPy DEC", "one run", "ClustPy DEC", 50, ""),
        ("one run alone / ClustPy IDEC", "one run", "ClustPy IDEC", 50, ""),
        ("one run alone / reference recipe in Keras", "one run", "reference in Keras", 2000, keras_form),
        ("one run alone / reference recipe in torch", "one run", "reference", None, ""),
        (f"one of the {n_runs} runs of a consensus / ClustPy DEC", "run in consensus", "ClustPy DEC", 50, ""),
        (
            *(f"one of the {n_runs} runs of a consensus / reference recipe in Keras", "run in consensus"),
            *("reference in Keras", 2000, keras_form),
        ),
    )
    for measured, ours, theirs, goal, note in comparisons:
        ratio = seconds[theirs] / seconds[ours]
        yield Goal(
            f"CPU, {measured}",
            f"<= 1/{goal}" if goal else "",
            f"1/{ratio:.3g} ({seconds[ours]:.3g} s)",
            ratio >= goal if goal else None,
            f"{theirs} {seconds[theirs]:.3g} s" + (f" ({note})" if note else ""),
        )


def stability(arguments):
    """Yield the goals on what another seed gives, and on the same seed."""
    cases = [("Great Basin", tables.great_basin(), 4)]
    if Path(arguments.tellus).is_file():
        cases.append(("Tellus", tables.tellus(arguments.tellus), 6))
    else:
        yield Goal("seed to seed, Tellus", ">= 0.90", f"no file {Path(arguments.tellus).name}", None)
    for name, features, n_clusters in cases:
        scores = {
            method: _agreement([run(features, n_clusters, seed) for seed in SEEDS])
            for method, run in {"ours": consensus, **PEERS}.items()
            if method != CLUSTPY or arguments.all_clustpy
        }
        ours = scores.pop("ours")
        yield Goal(
            f"ARI seed to seed, {name} {len(features)} x {features.shape[1]}, k = {n_clusters}",
            ">= 0.90",
            _summary(ours),
            np.mean(ours) >= 0.90,
            _listed(scores),
        )
    _, features, _ = tables.labelled("wine")
    for effort in ("quick", "standard"):
        first, second = (fit_ensemble(features, 3, effort, seed=7) for _ in range(2))
        same = np.array_equal(first.probability(), second.probability())
        yield Goal(f"same seed, {effort}, wine", "identical", "identical" if same else "different", same)


def truth(arguments):
    """Yield the goals on known populations and on tables with classes."""
    blobs = (("equidistant", populations.equidistant_blobs), ("scattered", populations.scattered_blobs))
    for name, generate in blobs:
        drawn = [generate(seed) for seed in range(BLOB_TABLES)]
        scores = _scores([(_standardised(p.values), p.truth) for p in drawn], 4, arguments.all_clustpy)
        yield _above(f"ARI to truth, blobs 600/200/60/20 x 15, {name} centres", 0.95, scores)
    drawn = [populations.closed_compositions(seed) for seed in range(COMPOSITION_TABLES)]
    scores = _scores([(tables.composition(p.values), p.truth) for p in drawn], 5, arguments.all_clustpy)
    scores["k-means on raw ppm"] = [
        adjusted_rand_index(p.truth, peers.k_means(_standardised(p.values), 5, 0)) for p in drawn
    ]
    yield _above("ARI to truth, closed lognormal 40/25/20/10/5 %, 400 x 30, CLR", 0.80, scores)
    for name in tables.LABELLED:
        _, features, classes = tables.labelled(name)
        scores = _scores([(features, classes)] * len(SEEDS), len(np.unique(classes)), arguments.all_clustpy)
        goal = np.mean(scores["k-means"]) - WORSE_THAN_K_MEANS
        yield _above(f"ARI to classes, {name} {features.shape[0]} x {features.shape[1]}", goal, scores)


def _scores(cases, n_clusters, all_clustpy):
    """ARI of every method on ``(features, truth)`` cases, the seed being the number of the case."""
    scores = {}
    for method, run in {"ours": consensus, **PEERS}.items():
        some = cases[:CLUSTPY_CASES] if method == CLUSTPY and not all_clustpy else cases
        labels = [run(features, n_clusters, seed) for seed, (features, _) in enumerate(some)]
        scores[method] = [adjusted_rand_index(known, found) for (_, known), found in zip(some, labels)]
    return scores


def _above(measured, goal, scores):
    ours = scores.pop("ours")
    return Goal(measured, f">= {goal:.2f}", _summary(ours), bool(np.mean(ours) >= goal), _listed(scores))


def _agreement(labelings):
    return [adjusted_rand_index(*pair) for pair in itertools.combinations(labelings, 2)]


def _summary(scores):
    return f"{np.mean(scores):.3f} ({min(scores):.2f} to {max(scores):.2f}, n = {len(scores)})"


def _listed(scores):
    most = max(map(len, scores.values()))
    return ", ".join(
        f"{method} {np.mean(values):.2f}" + (f" (n = {len(values)})" if len(values) < most else "")
        for method, values in scores.items()
    )


def _standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


PARTS = {"cost": cost, "stability": stability, "truth": truth}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated: cost, stability, truth")
    parser.add_argument("--repetitions", type=int, default=3, help="of every timing (default 3)")
    parser.add_argument("--keras-iterations", type=int, default=200, help=f"timed, of {ITERATIONS} (default 200)")
    parser.add_argument("--tellus", default=tables.TELLUS, help="tellus_2016_stream_sediment.csv")
    parser.add_argument("--all-clustpy", action="store_true", help="ClustPy on every table and seed (an hour)")
    arguments = parser.parse_args()
    peers.add_clustpy()
    with threadpool_limits(1), torch_threads(1):
        goals = measure_parts(PARTS, arguments.parts, arguments)
    print(markdown(goals))


if __name__ == "__main__":
    main()

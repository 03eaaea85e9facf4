"""Networks for self-potential profiles: the reference recipe, its Levenberg-Marquardt variant and the modern one.

Prints one table: what was measured, the goal, the result, whether it is met, and least squares on the same profiles.
All on the reference ranges, synthetic, on profiles no network has seen. Run from the repository: ``make bench``, or
``PYTHONPATH=build/plugins .venv/bin/python benchmarks/self_potential_network.py --parts reference,modern``.
"""

import argparse
import time

import numpy as np
from threadpoolctl import threadpool_limits

from fumarole.algorithms.networks import torch_threads
from fumarole.algorithms.self_potential.bodies import PARAMETERS
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.network_quality import ROBUST, bound, errors, quality
from fumarole.algorithms.self_potential.network_reference import GRADIENT_DESCENT, LEVENBERG_MARQUARDT
from fumarole.algorithms.self_potential.network_training import train_network
from fumarole.algorithms.self_potential.training_data import TrainingSetup, profiles, uniform_parameters
from fumarole.benchmarks.lib.goals import Goal, markdown, measure_parts

SETUP = TrainingSetup()
SEEDS = (1, 2, 3)
FRESH_SEED = 2024  # of the profiles that judge the modern network
N_FRESH = 40_000
BUDGETS = ((10.0, 1.5), (60.0, 1.15))  # seconds and goal


def reference(_):
    """Yield the goals of the reference network, the mean over seeds."""
    for recipe, goal in ((GRADIENT_DESCENT, 0.055), (LEVENBERG_MARQUARDT, 0.045)):
        start = time.process_time()
        figures = [train_network("reference", SETUP, seed, recipe=recipe).card["quality"] for seed in SEEDS]
        seconds = (time.process_time() - start) / len(SEEDS)
        merit = [figure["mse"] for figure in figures]
        of_mean = np.mean([figure["mse_of_mean"] for figure in figures])
        yield Goal(
            f"MSE on 0..1, reference network, {recipe.replace('_', ' ')}",
            f"<= {goal}",
            f"{np.mean(merit):.4f} ({min(merit):.4f} to {max(merit):.4f}, n = {len(merit)}; {seconds:.3g} CPU s each)",
            bool(np.mean(merit) <= goal),
            f"the mean {of_mean:.4f}",
        )


def modern(arguments):
    """Yield the goals of the modern network."""
    peer = _least_squares()
    for budget_s, goal in BUDGETS:
        if budget_s > arguments.longest:
            continue
        start = time.process_time()
        model = train_network("modern", SETUP, SEEDS[0], budget_s)
        seconds = time.process_time() - start
        figures = quality(model, FRESH_SEED, N_FRESH)
        worst = max(figures["sd_over_bound"])
        name = f"modern network, budget {budget_s:g} s"
        yield Goal(
            f"robust sd / bound, worst parameter, {name}",
            f"<= {goal}",
            f"{_listed(figures['sd_over_bound'])} ({seconds:.3g} CPU s)",
            worst <= goal,
            f"least squares: {_listed(peer)}",
        )
        yield Goal(f"rms / bound, {name}", "", _listed(figures["rms_over_bound"]), None)
        yield Goal(f"MSE on 0..1, {name}", "", f"{figures['mse']:.4f}", None, f"the mean {figures['mse_of_mean']:.4f}")
        coverage = np.array(figures["coverage"])
        yield Goal(
            f"coverage of one standard deviation, {name}",
            "67 to 69 %",
            _listed(100 * coverage),
            bool(coverage.min() >= 0.67 and coverage.max() <= 0.69),
        )


def _least_squares():
    """Return the robust standard deviation over the bound of least squares without a start."""
    rng = np.random.default_rng(FRESH_SEED)
    truth = uniform_parameters(SETUP, 2000, rng)
    found = invert_profiles(
        np.linspace(0.0, SETUP.length_m, SETUP.n_stations), profiles(SETUP, truth, rng), SETUP.shape, SETUP.background
    )
    error = errors(truth, found) / bound(SETUP, truth)
    return ROBUST * np.median(np.abs(error - np.median(error, axis=0)), axis=0)


def _listed(values):
    names = (name.split("_")[0] for name in PARAMETERS)
    return ", ".join(f"{name} {value:.3g}" for name, value in zip(names, values))


PARTS = {"reference": reference, "modern": modern}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated: reference, modern")
    parser.add_argument("--longest", type=float, default=60.0, help="budget in seconds that is still run (default 60)")
    arguments = parser.parse_args()
    with threadpool_limits(1), torch_threads(1):
        goals = measure_parts(PARTS, arguments.parts, arguments)
    print(markdown(goals))


if __name__ == "__main__":
    main()

"""Self-potential inversion beside scipy: global optimum, accuracy against its bound, coverage, speed and memory.

Prints one table: what was measured, the goal, the result, whether it is met, and what scipy gives in the same run.
All profiles are synthetic. Costs are CPU seconds on one thread, compared as ratios. Run from the repository:
``make bench``, or ``PYTHONPATH=build/plugins .venv/bin/python benchmarks/self_potential.py --parts speed,optimum``.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import differential_evolution, least_squares
from threadpoolctl import threadpool_limits

from fumarole.algorithms.self_potential import grid_search
from fumarole.algorithms.self_potential.basis import basis_of
from fumarole.algorithms.self_potential.bodies import PARAMETERS, potential
from fumarole.algorithms.self_potential.covariance import cramer_rao
from fumarole.algorithms.self_potential.inversion import invert_profiles
from fumarole.algorithms.self_potential.observations import observe
from fumarole.algorithms.self_potential.posterior import depth_posterior
from fumarole.algorithms.self_potential.search import Box, refine
from fumarole.benchmarks.lib.goals import Goal, markdown

X = np.linspace(0.0, 150.0, 101)
LENGTH = 150.0
SPACING = 1.5
REFERENCE = (77.07, 41.81, 309.37, 94686.0)
NOISE_MV = np.sqrt(10.0)
BATCH = 400
MANY = 10_000
STARTS = 20


def reference_profiles(count, seed):
    """Noisy copies ``(count, 101)`` of the reference profile, mV."""
    return potential("sphere", X, *REFERENCE) + NOISE_MV * np.random.default_rng(seed).normal(size=(count, X.size))


def random_spheres(count, peak_to_noise, seed):
    """Random spheres under the reference stations, with noise: values ``(count, 101)`` and the truth."""
    rng = np.random.default_rng(seed)
    truth = (
        rng.uniform(0.1, 0.9, count) * LENGTH,
        LENGTH * np.exp(rng.uniform(np.log(0.03), np.log(0.35), count)),
        rng.uniform(0.0, 360.0, count),
        10.0 ** rng.uniform(3.0, 6.0, count),
    )
    curves = potential("sphere", X, *truth)
    noise = np.ptp(curves, axis=1)[:, None] / peak_to_noise
    return curves + noise * rng.normal(size=curves.shape), truth


# scipy's side: a sphere on a linear background, as a user would write it


def model_residual(parameters, values):
    """Fitted minus observed of ``x0, h, angle in radians, K, background, slope``."""
    x0_m, depth_m, angle, k, level, slope = parameters
    offset = X - x0_m
    body = k * (offset * np.cos(angle) - depth_m * np.sin(angle)) / (offset**2 + depth_m**2) ** 1.5
    return body + level + slope * (X / LENGTH - 0.5) - values


def damped_least_squares(values, start):
    """Levenberg-Marquardt of scipy (MINPACK) from one start."""
    return least_squares(model_residual, start, args=(values,), method="lm", x_scale="jac", max_nfev=2000)


def rule_of_thumb(values):
    """The start a careful user takes: under the largest value, at a tenth of the length, a positive peak."""
    largest = np.abs(values).argmax()
    depth_m = 0.1 * LENGTH
    return (X[largest], depth_m, np.radians(270.0), np.abs(values[largest]) * depth_m**2, 0.0, 0.0)


def random_starts(rng):
    """Starts drawn from the whole search box."""
    for _ in range(STARTS):
        depth_m = np.exp(rng.uniform(np.log(SPACING), np.log(LENGTH)))
        yield rng.uniform(0.0, LENGTH), depth_m, rng.uniform(0.0, 2 * np.pi), 30.0 * depth_m**2, 0.0, 0.0


def evolution(values):
    """Differential evolution of scipy over place and depth, the rest by least squares."""

    def misfit(theta):
        return slow_sse(values, theta[0], np.exp(theta[1]))

    box = [(-0.25 * LENGTH, 1.25 * LENGTH), (np.log(SPACING), np.log(LENGTH))]
    return differential_evolution(misfit, box, seed=0, tol=1e-10)


def slow_sse(values, x0_m, depth_m):
    """Sum of squares of the best polarisation and linear background at one place and depth."""
    offset = X - x0_m
    decay = (offset**2 + depth_m**2) ** -1.5
    columns = np.stack([offset * decay * depth_m**2, depth_m**3 * decay, np.ones_like(X), X / LENGTH - 0.5], axis=1)
    residual = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
    return residual @ residual


# what is measured


def speed():
    """Yield the goals of speed; every program gets the same profiles, and they take turns."""
    values = reference_profiles(BATCH, 1)
    rng = np.random.default_rng(0)
    programs = {
        "batch": (lambda turn: invert_profiles(X, values), BATCH),
        "single": (lambda turn: [invert_profiles(X, row) for row in values[turn * 20 : turn * 20 + 20]], 20),
        "one start": (lambda turn: [damped_least_squares(row, rule_of_thumb(row)) for row in values[:20]], 20),
        "20 starts": (lambda turn: [damped_least_squares(values[turn], start) for start in random_starts(rng)], 1),
    }
    seconds = {name: [] for name in programs}
    for turn in range(9):
        for name, (program, count) in programs.items():
            begin = time.process_time()
            program(turn)
            seconds[name].append((time.process_time() - begin) / count)
    cost = {name: 1e3 * statistics.median(values) for name, values in seconds.items()}
    begin = time.process_time()
    evolution(values[0])
    cost["evolution"] = 1e3 * (time.process_time() - begin)
    one, twenty = cost["one start"] / cost["batch"], cost["20 starts"] / cost["batch"]
    alone = cost["single"] / cost["one start"]
    yield Goal(
        f"batch of {BATCH}, sphere on a linear background, against scipy LM from one start",
        ">= 10 x faster",
        f"{one:.1f} x ({cost['batch']:.3f} ms per profile)",
        one >= 10,
        f"scipy {cost['one start']:.2f} ms",
    )
    yield Goal(
        f"the same, against scipy LM from {STARTS} starts",
        ">= 200 x faster",
        f"{twenty:.0f} x",
        twenty >= 200,
        f"scipy {cost['20 starts']:.1f} ms; differential evolution {cost['evolution']:.0f} ms",
    )
    yield Goal(
        "one profile alone, against scipy LM from one start",
        "<= 3 x slower",
        f"{alone:.1f} x ({cost['single']:.2f} ms, global search and covariance included)",
        alone <= 3,
        f"scipy {cost['one start']:.2f} ms",
    )


def many():
    """Yield the goals of 10 000 profiles, measured in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--many"], capture_output=True, text=True, check=True)
    wall, cpu, before, peak = (float(number) for number in done.stdout.split())
    yield Goal(
        f"{MANY} profiles of 101 stations together",
        "< 3 s",
        f"{wall:.2f} s ({cpu:.2f} CPU s)",
        wall < 3,
        "",
    )
    yield Goal(
        "peak memory of that process, profiles and libraries included",
        "< 300 MB",
        f"{peak:.0f} MB ({before:.0f} MB before the inversion)",
        peak < 300,
        "",
    )


def run_many():
    """Invert 10 000 profiles and print wall seconds, CPU seconds, memory before and peak memory in MB."""
    values = reference_profiles(MANY, 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    with threadpool_limits(1):
        invert_profiles(X, values)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(wall, cpu, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def optimum():
    """Yield how often the deepest minimum is found, against the best of a dense search."""
    for peak_to_noise, goal in ((10.0, 0.999), (3.0, 0.995)):
        values, _ = random_spheres(5000, peak_to_noise, 3)
        found = invert_profiles(X, values)
        deepest = dense_search(values)
        share = np.mean(found.sse <= np.minimum(deepest, found.sse) * (1.0 + 1e-6))
        peers = [
            damped_least_squares(row, rule_of_thumb(row)).cost * 2 <= best * (1.0 + 1e-6)
            for row, best in zip(values[:500], np.minimum(deepest, found.sse)[:500])
        ]
        yield Goal(
            f"deepest minimum, 5000 random spheres, range / noise SD = {peak_to_noise:g}",
            f">= {goal:.1%}",
            f"{share:.2%}",
            bool(share >= goal),
            f"scipy LM from one start {np.mean(peers):.1%} of 500",
        )


def dense_search(values, n_starts=12):
    """The smallest sum of squares that refinement from many nodes of a dense grid finds, (n_profiles,)."""
    box = Box((-0.25, 1.25), (SPACING / LENGTH, 1.0))
    nodes = grid_search.full_grid(box.place, box.depth, 241, 36)
    best = np.full(len(values), np.inf)
    for start in range(0, len(values), 128):
        rows = slice(start, start + 128)
        observations = observe((X / LENGTH)[None], values[rows], "linear")
        gain = grid_search.explained(basis_of("sphere"), nodes, observations)
        for _ in range(n_starts):  # the best node, then the best one far from all that were tried
            node = gain.argmax(axis=1)
            answer = refine("sphere", 1, observations, nodes.theta(node), box)
            best[rows] = np.minimum(best[rows], answer[1].sse)
            place, depth = nodes.place[node][:, None], nodes.depth[node][:, None]
            near = (np.abs(nodes.place - place) < np.maximum(nodes.depth, depth)) & (
                np.abs(np.log(nodes.depth / depth)) < np.log(1.5)
            )
            gain[near] = -np.inf
    return best


def accuracy():
    """Yield scatter over bound on the reference profile."""
    values = reference_profiles(2000, 4)
    for background in ("none", "linear"):
        found = invert_profiles(X, values, background=background)
        bound = cramer_rao("sphere", X, REFERENCE, NOISE_MV, background)
        ratios = []
        for name, true, limit in zip(PARAMETERS, REFERENCE, bound):
            error = getattr(found, name)[:, 0] - true
            error = (error + 180.0) % 360.0 - 180.0 if name == "angle_deg" else error
            ratios.append(np.sqrt(np.mean(error**2)) / limit)
        text = ", ".join(f"{name} {ratio:.3f}" for name, ratio in zip(("x0", "h", "angle", "K"), ratios))
        limits = ", ".join(f"{limit:.4g}" for limit in bound)
        yield Goal(
            f"rms error / Cramer-Rao bound, reference profile, 2000 draws, background {background}",
            "0.95 to 1.05",
            text,
            bool(all(0.95 <= ratio <= 1.05 for ratio in ratios)),
            f"bound {limits} (m, m, degrees, mV m²)",
        )


def robustness():
    """Yield the cost of 5 % spikes."""
    rng = np.random.default_rng(5)
    values = reference_profiles(2000, 6)
    size = np.ptp(potential("sphere", X, *REFERENCE))
    spiked = np.where(rng.random(values.shape) < 0.05, values + size * rng.uniform(-1.0, 1.0, values.shape), values)
    bound = cramer_rao("sphere", X, REFERENCE, NOISE_MV, "none")[1]
    spread = {
        robust: np.sqrt(np.mean((invert_profiles(X, spiked, background="none", robust=robust).depth_m - 41.81) ** 2))
        for robust in (False, True)
    }
    yield Goal(
        "depth, rms error / bound with 5 % spikes, Cauchy loss",
        "about 1.1",
        f"{spread[True] / bound:.2f}",
        bool(spread[True] / bound <= 1.2),
        f"least squares {spread[False] / bound:.1f}",
    )


def coverage():
    """Yield the share of truths inside 95 % intervals."""
    for peak_to_noise in (10.0, 3.0):
        values, truth = random_spheres(500, peak_to_noise, 7)
        found = invert_profiles(X, values, background="none")
        inside = {name: [] for name in PARAMETERS}
        linear = {name: [] for name in PARAMETERS}
        begin = time.process_time()
        posteriors = [depth_posterior(found, row) for row in range(len(values))]
        cost = 1e3 * (time.process_time() - begin) / len(values)
        for row, posterior in enumerate(posteriors):
            for name, true in zip(PARAMETERS, truth):
                low, high = posterior.interval[name]
                answer = getattr(found, name)[row, 0]
                true = answer + (true[row] - answer + 180.0) % 360.0 - 180.0 if name == "angle_deg" else true[row]
                inside[name].append(low <= true <= high)
                linear[name].append(abs(true - answer) <= 1.96 * found.sd(name)[row, 0])
        text = ", ".join(f"{name} {np.mean(inside[key]):.1%}" for name, key in zip(("x0", "h", "angle", "K"), inside))
        plain = ", ".join(f"{np.mean(linear[key]):.1%}" for key in linear)
        yield Goal(
            f"95 % interval of the grid posterior, 500 random spheres, range / noise SD = {peak_to_noise:g}",
            "92 to 98 %",
            f"{text} ({cost:.0f} ms each)",
            bool(all(0.92 <= np.mean(values) <= 0.98 for values in inside.values())),
            f"linearised covariance {plain}",
        )


PARTS = {
    "speed": speed,
    "many": many,
    "optimum": optimum,
    "accuracy": accuracy,
    "robustness": robustness,
    "coverage": coverage,
}


def main():
    """Measure and print the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}, separated by commas")
    parser.add_argument("--many", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.many:
        run_many()
        return
    with threadpool_limits(1):
        goals = [goal for part in arguments.parts.split(",") for goal in PARTS[part]()]
    print(markdown(goals))


if __name__ == "__main__":
    main()

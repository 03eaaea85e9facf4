"""CPU seconds of several programs on a machine that others use too."""

import statistics
import time

from threadpoolctl import threadpool_limits

from fumarole.algorithms.networks import torch_threads


def cpu_seconds(programs, repetitions):
    """Median CPU seconds of every program, all on one thread.

    The programs take turns, so that a change in the machine's load meets all of them.

    Parameters
    ----------
    programs : dict of str to callable(int)
        Called with the number of the repetition, as a seed.
    repetitions : int

    Returns
    -------
    dict of str to float
    """
    seconds = {name: [] for name in programs}
    with threadpool_limits(1), torch_threads(1):
        for repetition in range(repetitions):
            for name, program in programs.items():
                start = time.process_time()
                program(repetition)
                seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}

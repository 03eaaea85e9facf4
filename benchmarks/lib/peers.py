"""The programs we are measured beside: ClustPy, scikit-learn, and the reference recipe in Keras.

ClustPy and TensorFlow are no part of the plugin. They are installed on the first use into environments of their own
under ``build/``, so that nothing here can change the libraries the plugin runs on.
"""

import json
import os
import subprocess
import sys
import tempfile
import types
import venv
import warnings
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

ROOT = Path(__file__).resolve().parents[2]
CLUSTPY = ("clustpy==0.0.2", "tqdm")
KERAS = ("tensorflow-cpu==2.15.*", "scikit-learn<1.6")
_MINUTES = 5  # that an installation may take
_KERAS_MINUTES = 30


def k_means(features, n_clusters, seed):
    """Labels by k-means with 10 starts."""
    return KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(features)


def gaussian_mixture(features, n_clusters, seed):
    """Labels by a Gaussian mixture with full covariances, 5 starts; 0.01 on the diagonal keeps it feasible."""
    return GaussianMixture(n_clusters, n_init=5, reg_covar=1e-2, random_state=seed).fit_predict(features)


def clustpy_dec(features, n_clusters, seed):
    """Labels by ClustPy's DEC with its defaults."""
    return _clustpy("DEC", features, n_clusters, seed)


def clustpy_idec(features, n_clusters, seed):
    """Labels by ClustPy's IDEC with its defaults."""
    return _clustpy("IDEC", features, n_clusters, seed)


def add_clustpy():
    """Install ClustPy if need be and put it on the path of this process, after everything else.

    Of torchvision, which it imports and which would replace torch, it gets an empty stand-in.
    """
    folder = _environment("bench-venv", ("--no-deps", *CLUSTPY), system_site_packages=True)
    sys.path.append(str(next(folder.glob("lib/python*/site-packages"))))
    os.environ["TQDM_DISABLE"] = "1"
    interface = types.ModuleType("torchvision.models._api")
    interface.Weights = interface.WeightsEnum = type("Weights", (), {})
    sys.modules.setdefault("torchvision", types.ModuleType("torchvision"))
    sys.modules.setdefault("torchvision.models", types.ModuleType("torchvision.models"))
    sys.modules.setdefault("torchvision.models._api", interface)
    import clustpy.deep  # noqa: F401 (not while the clock runs)


def keras_seconds(table, n_clusters, n_iterations):
    """CPU seconds of the reference recipe in Keras.

    Returns
    -------
    dict
        ``start``: set-up, pretraining and k-means; ``iterations``: of ``n_iterations``; ``version`` of TensorFlow.
    """
    folder = _environment("bench-keras", KERAS, system_site_packages=False)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "table.npy"
        np.save(path, table)
        script = Path(__file__).with_name("keras_recipe.py")
        command = [folder / "bin" / "python", script, path, str(n_clusters), str(n_iterations)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=60 * _KERAS_MINUTES, env=environment
        )
    return json.loads(done.stdout.splitlines()[-1])


def _clustpy(name, features, n_clusters, seed):
    import clustpy.deep

    with warnings.catch_warnings(), open(os.devnull, "w") as nowhere:
        warnings.simplefilter("ignore", FutureWarning)
        standard_output, sys.stdout = sys.stdout, nowhere
        try:
            method = getattr(clustpy.deep, name)(n_clusters, random_state=seed)
            return np.asarray(method.fit(features.astype(np.float32)).labels_)
        finally:
            sys.stdout = standard_output


def _environment(name, packages, system_site_packages):
    """Return ``build/<name>``, a virtual environment with ``packages``; made on the first call."""
    folder = ROOT / "build" / name
    stamp = folder / "installed.txt"
    wanted = " ".join(packages)
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing {wanted} into {folder.relative_to(ROOT)} (once, up to {_MINUTES} minutes)", file=sys.stderr)
        venv.create(folder, system_site_packages=system_site_packages, with_pip=True, clear=True)
        command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(command, check=True, timeout=60 * _MINUTES)
        stamp.write_text(wanted)
    return folder

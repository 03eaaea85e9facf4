"""The works the self-potential reports rest on."""

from .references import work

ABDELRAHMAN_1997 = work(
    "Abdelrahman, E. M. and Sharafeldin, S. M. (1997). A least-squares approach to depth determination from "
    "self-potential anomalies caused by horizontal cylinders and spheres. Geophysics 62(1), 44\u201348.",
    "10.1190/1.1444143",
)
GOLUB_1973 = work(
    "Golub, G. H. and Pereyra, V. (1973). The differentiation of pseudo-inverses and nonlinear least squares problems "
    "whose variables separate. SIAM Journal on Numerical Analysis 10(2), 413\u2013432.",
    "10.1137/0710036",
)
HOLLAND_1977 = work(
    "Holland, P. W. and Welsch, R. E. (1977). Robust regression using iteratively reweighted least-squares. "
    "Communications in Statistics - Theory and Methods 6(9), 813\u2013827.",
    "10.1080/03610927708827533",
)
MURTY_1985 = work(
    "Murty, B. V. S. and Haricharan, P. (1985). Nomogram for the complete interpretation of spontaneous potential "
    "profiles over sheet-like and cylindrical two-dimensional sources. Geophysics 50(7), 1127\u20131135.",
    "10.1190/1.1441986",
)
NIX_1994 = work(
    "Nix, D. A. and Weigend, A. S. (1994). Estimating the mean and variance of the target probability distribution. "
    "Proceedings of the IEEE International Conference on Neural Networks 1, 55\u201360.",
    "10.1109/ICNN.1994.374138",
)
RAO_1945 = work(
    "Rao, C. R. (1945). Information and the accuracy attainable in the estimation of statistical parameters. "
    "Bulletin of the Calcutta Mathematical Society 37, 81\u201391."
)
SCHWARZ_1978 = work(
    "Schwarz, G. (1978). Estimating the dimension of a model. Annals of Statistics 6(2), 461\u2013464.",
    "10.1214/aos/1176344136",
)
YUNGUL_1950 = work(
    "Yungul, S. (1950). Interpretation of spontaneous polarization anomalies caused by spheroidal ore bodies. "
    "Geophysics 15(2), 237\u2013246.",
    "10.1190/1.1437597",
)

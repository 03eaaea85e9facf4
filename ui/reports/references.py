"""The works the reports rest on, as they are printed at the end of a report."""

from .blocks import Markup, escaped


def work(text, doi=""):
    """Return a work as it is listed, with a link to its DOI where it has one."""
    if not doi:
        return escaped(text)
    return Markup(f'{escaped(text)} <a href="https://doi.org/{escaped(doi)}">doi:{escaped(doi)}</a>')


AITCHISON_1986 = work(
    "Aitchison, J. (1986). The Statistical Analysis of Compositional Data. Chapman and Hall, London."
)
DAVIES_BOULDIN_1979 = work(
    "Davies, D. L. and Bouldin, D. W. (1979). A cluster separation measure. IEEE Transactions on Pattern Analysis "
    "and Machine Intelligence 1(2), 224\u2013227.",
    "10.1109/TPAMI.1979.4766909",
)
GUO_2017 = work(
    "Guo, X., Gao, L., Liu, X. and Yin, J. (2017). Improved deep embedded clustering with local structure "
    "preservation. Proceedings of IJCAI-17, 1753\u20131759.",
    "10.24963/ijcai.2017/243",
)
HUBERT_ARABIE_1985 = work(
    "Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193\u2013218.",
    "10.1007/BF01908075",
)
KAUFMAN_ROUSSEEUW_1990 = work(
    "Kaufman, L. and Rousseeuw, P. J. (1990). Finding Groups in Data. Wiley, New York.", "10.1002/9780470316801"
)
ROUSSEEUW_1987 = work(
    "Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis. "
    "Journal of Computational and Applied Mathematics 20, 53\u201365.",
    "10.1016/0377-0427(87)90125-7",
)
XIE_2016 = work(
    "Xie, J., Girshick, R. and Farhadi, A. (2016). Unsupervised deep embedding for clustering analysis. "
    "Proceedings of ICML 2016, PMLR 48, 478\u2013487."
)
YEO_JOHNSON_2000 = work(
    "Yeo, I.-K. and Johnson, R. A. (2000). A new family of power transformations to improve normality or symmetry. "
    "Biometrika 87, 954\u2013959.",
    "10.1093/biomet/87.4.954",
)

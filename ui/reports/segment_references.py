"""The works the reports on trench segments rest on."""

from .references import work

BACH_2015 = work(
    "Bach, S., Binder, A., Montavon, G., Klauschen, F., M\u00fcller, K.-R. and Samek, W. (2015). On pixel-wise "
    "explanations for non-linear classifier decisions by layer-wise relevance propagation. PLoS ONE 10(7), e0130140.",
    "10.1371/journal.pone.0130140",
)
BREIMAN_2001 = work("Breiman, L. (2001). Random forests. Machine Learning 45, 5\u201332.", "10.1023/A:1010933404324")
GEURTS_2006 = work(
    "Geurts, P., Ernst, D. and Wehenkel, L. (2006). Extremely randomized trees. Machine Learning 63, 3\u201342.",
    "10.1007/s10994-006-6226-1",
)
GRACIOSA_2025 = work(
    "Graciosa, J. C., Capitanio, F. A., Beall, A., Hargreaves, M., Gollapalli, T., Tang, T. and Zuhair, M. (2025). "
    "Testing driving mechanisms of megathrust seismicity with explainable artificial intelligence. Journal of "
    "Geophysical Research: Solid Earth 130, e2024JB028774.",
    "10.1029/2024JB028774",
)
MONTAVON_2019 = work(
    "Montavon, G., Binder, A., Lapuschkin, S., Samek, W. and M\u00fcller, K.-R. (2019). Layer-wise relevance "
    "propagation: an overview. In: Explainable AI, Lecture Notes in Computer Science 11700, 193\u2013209.",
    "10.1007/978-3-030-28954-6_10",
)
ROBERTS_2017 = work(
    "Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal, spatial, hierarchical, or "
    "phylogenetic structure. Ecography 40(8), 913\u2013929.",
    "10.1111/ecog.02881",
)

"""What a clustering run tells in the log of its tool."""


def tell(result, feedback):
    """Push notes, scores and warnings of a :class:`~algorithms.clustering.results.ClusteringResult`."""
    for note in result.notes:
        feedback.pushInfo(note)
    if result.count:
        feedback.pushInfo(result.count.reason)
    for score in result.scores:
        feedback.pushInfo(
            f"{score.method}: silhouette {score.silhouette:.3f}, Davies-Bouldin {score.davies_bouldin:.3f}, "
            f"stability {score.stability:.2f}, sizes {', '.join(map(str, score.sizes))}."
        )
    for warning in result.warnings:
        feedback.pushWarning(warning)

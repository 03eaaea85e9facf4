"""The report on how many clusters the data support, and the same part of a clustering report."""

from . import references
from .blocks import figure, paragraph, strong, table
from .formats import fixed, percent
from .page import Section, page, run_section
from .quality_figures import count_figure

REFERENCES = (references.DAVIES_BOULDIN_1979, references.HUBERT_ARABIE_1985, references.ROUSSEEUW_1987)


def cluster_count_report(count, context):
    """Return the self-contained HTML report on the number of clusters.

    Parameters
    ----------
    count : ClusterCount
    context : ReportContext
    """
    summary = (paragraph(strong(f"Suggested number of clusters: {count.best_k}."), count.reason),)
    sections = [Section("Quality over the number of clusters", count_blocks(count)), run_section(context, REFERENCES)]
    return page(context, summary, sections)


def count_blocks(count):
    """Return what both reports show of a ClusterCount beside its reason: the curves and the table."""
    first, last = count.scores[0].k, count.scores[-1].k
    text = (
        "Stability (do other seeds find the same groups?) comes before the silhouette and the Davies-Bouldin index "
        "(are the groups compact and apart?). A very small cluster is often a few outliers."
    )
    caption = f"Four measures of the partitions into {first} to {last} clusters; the filled circle is the suggestion."
    description = (
        f"Curves of stability, silhouette, Davies-Bouldin index and smallest cluster for k from {first} to {last}."
    )
    headers = ("Clusters k", "Stability", "Silhouette", "Davies-Bouldin", "Smallest cluster")
    rows = [
        [
            strong(cell) if score.k == count.best_k else cell
            for cell in (
                str(score.k),
                fixed(score.stability),
                fixed(score.silhouette),
                fixed(score.davies_bouldin),
                percent(score.smallest_share),
            )
        ]
        for score in count.scores
    ]
    return (
        paragraph(text),
        figure(count_figure(count), caption, description),
        table("The same in numbers; the suggestion in bold.", headers, rows),
    )

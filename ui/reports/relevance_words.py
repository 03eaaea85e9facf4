"""What the relevance of features means and how far it can be trusted, in sentences."""

import numpy as np

from .formats import count, fixed, listed, percent, significant
from .segment_words import plural

RULE_WORDS = {
    "epsilon": "epsilon: in proportion to what every unit contributed, whatever its sign (gradient times input)",
    "z_plus": "z-plus: in proportion to what supported the unit, leaving out what spoke against it",
    "alpha_beta": "alpha-beta (2, 1): twice what supported the unit, less once what spoke against it",
    "gamma": "gamma (0.25): as epsilon, with what supported the unit favoured by a quarter",
}
METHOD = (
    "Layer-wise relevance propagation takes the network's output for the predicted class and hands it back, layer by "
    "layer, to the features in proportion to what they contributed. A feature with positive relevance spoke for the "
    "predicted class in that segment, one with negative relevance against it. Relevance explains the network, not the "
    "Earth: a feature may stand for another one that varies with it, or for the place alone."
)
AGREEMENT = (
    "Rank agreement compares the order in which two of the trained networks rank the features of the same segment "
    "(Spearman correlation, mean over all pairs): 1 is the same order, 0 is chance. The networks differ only in their "
    "random start, and classify about equally well. Where they rank the features differently, the order belongs to the "
    "network rather than to the data."
)
BIAS = (
    "Biases are the constants of the network. What they contribute is no feature's merit and is kept apart. The larger "
    "their share, the less of the answer the features explain."
)
_SOUND = 1e-6  # conservation error up to which nothing was lost but rounding
_ALIKE, _SOMEWHAT = 0.7, 0.3  # rank correlations


def conservation_sentence(error):
    """Return what the conservation error of a Relevance means."""
    text = f"Relevance of all features and biases adds up to the explained output within {significant(error, 2)} of it"
    if error <= _SOUND:
        return f"{text}: nothing was lost or made up on the way back."
    return f"{text}, more than rounding explains: do not compare the sizes of relevances."


def bias_share(relevance, rows=slice(None)):
    """Return the share (0 to 1) of the biases in all that a Relevance hands back to ``rows``, signs left aside."""
    bias, features = np.abs(relevance.bias[rows]).sum(), np.abs(relevance.values[rows]).sum()
    return float(bias / (bias + features)) if bias + features > 0 else float("nan")


def group_shares(explanation):
    """Return ``{group: share}`` of the relevance of the features, signs left aside, the largest first."""
    weight = np.abs(explanation.relevance.values).sum(axis=0)
    groups = np.array(explanation.groups)
    total = weight.sum()
    shares = {group: float(weight[groups == group].sum() / total) if total else 0.0 for group in sorted(set(groups))}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def groups_sentence(explanation):
    """Return how the relevance is divided among the groups, with the number of features of each."""
    shares = group_shares(explanation)
    named = listed(
        f"{group} {percent(share)} ({plural(explanation.groups.count(group), 'feature')})"
        for group, share in shares.items()
    )
    return (
        f"Of the relevance of all features, signs left aside, the groups hold: {named}. A group with more features "
        "holds more for that reason alone."
    )


def features_sentence(explanation, number):
    """Return the leading features of class ``number`` (from 1); empty where no segment was given it."""
    own = [entry for entry in explanation.summary if entry.number == number and entry.n_segments]
    if not own:
        return ""
    leading = sorted(own, key=lambda entry: -entry.mean_absolute)[:3]
    named = listed(f"{entry.feature} ({percent(entry.share)})" for entry in leading)
    name, given = explanation.class_names[number - 1], plural(own[0].n_segments, "segment")
    return f"{name}, given to {given}: the largest shares of the relevance have {named}."


def opinion_sentence(explanation):
    """Return whether permutation importance ranks the features as the relevance does."""
    weight = np.abs(explanation.relevance.values).mean(axis=0)
    correlation = rank_correlation(weight, explanation.importance.mean)
    if not np.isfinite(correlation):
        return "Permutation importance does not tell the features apart."
    word = "much as" if correlation >= _ALIKE else "somewhat as" if correlation >= _SOMEWHAT else "differently than"
    text = f"Permutation importance ranks the features {word} the relevance (rank correlation {fixed(correlation)})."
    if correlation < _SOMEWHAT:
        text += " Two methods that disagree do not support a ranking: name no single feature as the cause."
    return text


def training_sentence(explanation):
    """Return whether segments the network was trained on are among those explained; empty where it is not known."""
    n_known, n_all = explanation.n_from_training, len(explanation.rows)
    if n_known is None:
        return "The model does not tell its training segments, so some of the explained ones may be among them."
    if not n_known:
        return "None of the explained segments was used in training."
    return (
        f"{count(n_known)} of {count(n_all)} explained segments were used in training: their relevance and importance "
        "tell what the network uses, not what would help it on a trench it does not know."
    )


def rank_correlation(first, second):
    """Return the Spearman correlation of two arrays; NaN if one of them does not vary."""
    from scipy.stats import rankdata

    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (first, second)]
    norm = np.sqrt(np.prod([(rank**2).sum() for rank in ranks]))
    return float((ranks[0] * ranks[1]).sum() / norm) if norm > 0 else float("nan")

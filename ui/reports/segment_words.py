"""What the scores of segment classifiers mean, in sentences."""

import numpy as np

from ...algorithms.subduction.segments import ruptures
from .formats import count, fixed, listed

CLASSIFIER_NAMES = {
    "network": "Network",
    "extra_trees": "Forest",
    "context": "Context classifier",
    "nearest_segment": "Nearest segment",
    "region_majority": "Majority of the region",
}
RULES = ("nearest_segment", "region_majority")  #: they use no feature
SPREAD = (
    "The spread is one standard deviation between repeats: the same classifier started from other random numbers, "
    "tested on the same stretches of trench. It tells how far chance in the training moves the score. It is no "
    "confidence interval: how the score would move with other trenches, other cuts of the trenches or the next great "
    "earthquake is not in it. A difference smaller than the spread means nothing; a larger one may still belong to "
    "these trenches alone. The rules without features have no randomness and therefore no spread."
)
F1 = (
    "F1 is the harmonic mean of two shares: of the segments given a class, those that belong to it, and of those that "
    "belong to it, those that were found. The macro F1 is the mean over the classes, so that a rare class counts as "
    "much as a common one. 1 is perfect; a high share of right answers can still have a low macro F1."
)
RULE_WORDS = (
    "Two rules use no feature at all. Nearest segment: the class of the nearest training segment of the same trench. "
    "Majority of the region: the commonest class among the training segments of the same trench. In a region without "
    "training segments both give the commonest class of all. Only what a classifier gains over them can come from its "
    "features."
)
CONTEXT_WORDS = (
    "The context classifier also looks at the known classes of the nearest training segments and at the distance to "
    "them. Its score is therefore no evidence that the features matter, and on a trench without known earthquakes it "
    "loses what it leans on."
)


def classifier_name(classifier):
    """Return a classifier as people read it; a rule says that it uses no feature."""
    return f"{CLASSIFIER_NAMES[classifier]} (no feature)" if classifier in RULES else CLASSIFIER_NAMES[classifier]


def plural(number, noun):
    """Return ``1 trench``, ``8 trenches`` or ``556 segments``."""
    if number == 1:
        return f"1 {noun}"
    return f"{count(number)} {noun}{'es' if noun.endswith('ch') else 's'}"


def sample_sentence(segments):
    """Return how much the segments (SegmentTable) really hold: their number, and that of the earthquakes behind it."""
    rupture = ruptures(segments)
    struck = rupture[rupture >= 0]
    text = f"{plural(len(segments), 'segment')} of {plural(len(np.unique(segments.region)), 'trench')}"
    if not len(struck):
        return f"{text}; no earthquake is known for any of them."
    sizes = np.unique(struck, return_counts=True)[1]
    blank = len(segments) - len(struck)
    without = f"; for {count(blank)} no earthquake is known" if blank else ""
    if sizes.max() == 1:
        rest = (
            "No two neighbours have the same magnitude: as it seems, an earthquake counts where its epicentre is, not "
            "in all the segments it broke."
        )
    else:
        rest = (
            f"{'The others' if blank else 'They'} hold {plural(len(sizes), 'earthquake')} as far as magnitudes tell: "
            f"neighbours of exactly the same one count as one, up to {count(sizes.max())} segments each."
        )
    return (
        f"{text} stand behind the scores{without}. {rest} Neighbours resemble each other in their features as well, so "
        "the scores rest on fewer independent facts than there are segments."
    )


def n_ruptures(segments):
    """Return the number of different earthquakes behind the magnitudes of the segments (SegmentTable)."""
    rupture = ruptures(segments)
    return len(np.unique(rupture[rupture >= 0]))


def by_distance(scores, classifier):
    """Return the ClassifierScores of one classifier, nearest exclusion distance first."""
    return sorted((s for s in scores if s.classifier == classifier), key=lambda score: score.distance_km)


def classifiers_of(scores):
    """Return the classifiers of the ClassifierScores in the order of their appearance, the rules last."""
    names = list(dict.fromkeys(score.classifier for score in scores))
    return [name for name in names if name not in RULES] + [name for name in names if name in RULES]


def majority_sentence(scores, classifier):
    """Return at which distances a classifier does not beat the majority of the region by more than its spread, if any."""
    majority = {score.distance_km: score.f1_macro for score in by_distance(scores, "region_majority")}
    own = by_distance(scores, classifier)
    behind = [s for s in own if s.distance_km in majority and s.f1_macro - s.f1_sd <= majority[s.distance_km]]
    if not behind:
        return ""
    where = f"at {listed(f'{score.distance_km:g}' for score in behind)} km"
    if len(behind) == len(own) > 1:
        where = "at any distance"
    by = "" if all(s.f1_macro <= majority[s.distance_km] for s in behind) else ", or by less than its own spread"
    return f"{CLASSIFIER_NAMES[classifier]}: no better than the commonest class of the region {where}{by}."


def transfer_sentences(result):
    """Return what is left of the score of a TrainingResult where nothing known reaches the tested segments."""
    name = CLASSIFIER_NAMES[result.blocks[0].classifier].lower()
    sentences = []
    if result.same_rupture:
        own, nearest = result.same_rupture[:2]
        sentences.append(
            f"With whole ruptures kept apart, as far as equal magnitudes of neighbours tell them, the {name} reaches a "
            f"macro F1 of {fixed(own.f1_macro)} ({fixed(nearest.f1_macro)} by the nearest-segment rule)."
        )
    if result.region_out:
        own, _, majority = result.region_out
        gain = own.f1_pooled - majority.f1_pooled
        sentences.append(
            f"On trenches it has seen nothing of, {'it' if sentences else f'the {name}'} reaches "
            f"{fixed(own.f1_pooled)} over all segments together; always answering the commonest class of the "
            f"other trenches gives {fixed(majority.f1_pooled)}"
            f"{'.' if gain > 0 else ', so that nothing it learned is worth anything there.'}"
        )
    return sentences


def importance_sentence(importance):
    """Return which features a FeatureImportance shows to be used, those above its scatter between folds."""
    clear = np.flatnonzero(importance.mean > importance.sd)
    if not len(clear):
        return (
            "No feature is clearly missed: the loss is below its scatter between the folds for every one. Features "
            "that say the same can stand in for each other, so this does not prove that they are useless together."
        )
    leading = clear[np.argsort(-importance.mean[clear], kind="stable")][:5]
    named = listed(f"{importance.names[index]} ({fixed(importance.mean[index], 3)})" for index in leading)
    return (
        f"For {count(len(clear))} of {plural(len(importance.names), 'feature')} the loss exceeds its scatter between "
        f"the folds: {'the largest are ' if len(clear) > len(leading) else ''}{named}."
    )


def regression_sentence(regression):
    """Return whether the predicted magnitudes of a MagnitudeRegression are worth more than rules without features."""
    errors = {"the mean of all": regression.mean_rmse, "the nearest segment": regression.nearest_rmse}
    beaten = [name for name, error in errors.items() if regression.rmse < error]
    if len(beaten) == 2:
        verdict = "The features predict the magnitude better than either rule without them"
    elif beaten:
        other = next(name for name in errors if name not in beaten)
        verdict = f"The features predict the magnitude better than {beaten[0]}, but not than {other}"
    else:
        verdict = "The features predict the magnitude no better than the rules without them"
    return (
        f"{verdict}: the root mean square error is {fixed(regression.rmse)} magnitudes, against "
        f"{fixed(regression.nearest_rmse)} by the nearest segment and {fixed(regression.mean_rmse)} by the mean of the "
        f"training segments. The rank correlation with the known magnitudes is {fixed(regression.rank_correlation)}."
    )

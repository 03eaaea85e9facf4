"""The report of the training of a network for self-potential profiles."""

from . import sp_references as references
from .blocks import callout, definitions, facts, paragraph
from .formats import fixed
from .page import Section, page, run_section
from .sp_network_sections import quality_section, training_section

REFERENCES = (references.ABDELRAHMAN_1997, references.NIX_1994, references.RAO_1945, references.YUNGUL_1950)
_RECIPE_WORDS = {
    "name": "Method",
    "n_profiles": "Training profiles",
    "n_epochs": "Epochs",
    "n_steps": "Steps",
    "batch": "Profiles per step",
    "budget_s": "Budget (s)",
    "steps_per_second": "Steps per second of the budget",
}
_POOR = 2.0  # error over bound
_USELESS_SHARE = 0.5  # of the mean squared error of always answering the mean


def network_report(card, setup, context):
    """Return the self-contained HTML report on a trained network.

    Parameters
    ----------
    card : dict
        Of the model, with ``quality``, ``preset`` and ``recipe``.
    setup : TrainingSetup
    context : ReportContext
    """
    quality = card["quality"]
    pairs = [("Network", card["preset"]), ("Mean squared error", fixed(quality["mse"], 4))]
    pairs.append(("Of the mean", fixed(quality["mse_of_mean"], 4)))
    if quality["sd_over_bound"]:
        pairs.append(("Depth: error over bound", fixed(quality["sd_over_bound"][1])))
    summary = (
        callout("Read this first", warnings(quality)),
        paragraph(
            f"The {card['preset']} network was trained on synthetic profiles and measured on fresh ones. It may be "
            "used on profiles like these; on others its answer must be checked by least squares, which the tool that "
            "applies it does by itself."
        ),
        facts(pairs),
    )
    recipe = [(_RECIPE_WORDS.get(key, key), str(value).replace("_", " ")) for key, value in card["recipe"].items()]
    sections = (
        quality_section(card),
        training_section(setup),
        Section("How it was trained", (definitions(recipe),)),
        run_section(context, REFERENCES),
    )
    return page(context, summary, sections)


def warnings(quality):
    """Return what must not be overlooked of a network's quality."""
    messages = []
    if quality["mse"] > _USELESS_SHARE * quality["mse_of_mean"]:
        messages.append(
            "The network hardly beats always answering the mean: give it more time, narrower ranges or less noise, or "
            "invert by least squares."
        )
    if quality["sd_over_bound"] and max(quality["sd_over_bound"]) > _POOR:
        messages.append(
            f"Its error is up to {fixed(max(quality['sd_over_bound']), 1)} times the bound that least squares "
            "reaches: use it with the polish only."
        )
    return messages

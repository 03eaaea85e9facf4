"""What a network for self-potential profiles was trained on and how good it is, for every report that uses one."""

from .blocks import paragraph, table
from .formats import NO_VALUE, fixed, percent, significant
from .page import Section
from .sp_words import PARAMETER_NAMES, shape_name


def training_section(setup):
    """Return the section on the training profiles (TrainingSetup)."""
    text = (
        f"The network learned from synthetic profiles over one {shape_name(setup.shape)}: {setup.n_stations} stations "
        f"over {significant(setup.length_m)} m, noise of {significant(setup.noise_sd_mv)} mV, background: "
        f"{setup.background}."
    )
    rows = [
        (PARAMETER_NAMES[name], significant(low), significant(high))
        for name, (low, high) in (
            ("x0_m", setup.x0_m),
            ("depth_m", setup.depth_m),
            ("angle_deg", setup.angle_deg),
            ("k", setup.k),
        )
    ]
    caption = (
        "Ranges of the training profiles. Beyond them the network knows nothing, and does not know that it does not."
    )
    return Section(
        "What the network was trained on", (paragraph(text), table(caption, ("Parameter", "From", "To"), rows))
    )


def quality_section(card):
    """Return the section on the network's quality, from its card."""
    quality = card["quality"]
    over_bound = quality["sd_over_bound"] or [None] * len(quality["parameters"])
    rows = [
        (
            PARAMETER_NAMES[name],
            significant(rms),
            fixed(ratio) if ratio is not None else NO_VALUE,
            percent(coverage),
        )
        for name, rms, ratio, coverage in zip(quality["parameters"], quality["rms"], over_bound, quality["coverage"])
    ]
    caption = (
        f"On {quality['n']} fresh profiles from the training ranges. Error over bound: robust standard deviation of "
        "the error over the smallest that any unbiased method can reach (Cram\u00e9r-Rao); 1 is perfect, and least "
        "squares reaches it. Coverage: share of the profiles whose truth lies within one stated standard deviation; "
        "it should be 68 %."
    )
    headers = ("Parameter", "Root mean square error", "Error over bound", "Coverage")
    text = (
        f"Mean squared error: {fixed(quality['mse'], 4)}, with {quality['mse_scaling']}. Always answering the mean "
        f"would give {fixed(quality['mse_of_mean'], 4)}. A mean squared error says nothing without its scaling."
    )
    return Section("How good it is", (paragraph(text), table(caption, headers, rows)))

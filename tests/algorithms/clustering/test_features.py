"""A table of measurements becomes a matrix, and the fitted transform gives the same matrix again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fumarole.algorithms import model_file
from fumarole.algorithms.clustering.features import FeatureTable, FeatureTransform, fit_features
from fumarole.algorithms.errors import DataError, ModelFileError

PARTS = ("As (ppm)", "B (ppm)", "Li (ppm)", "SiO2 (%)")
OTHERS = ("pH", "Temp (°C)")


def table(names, columns, below=None):
    values = np.array(columns, dtype=float).T
    return FeatureTable(tuple(names), values, np.zeros(values.shape, dtype=bool) if below is None else below)


@pytest.fixture
def columns():
    """Four correlated lognormal parts, a normal and a skewed feature of 200 synthetic samples."""
    rng = np.random.default_rng(11)
    common = rng.normal(size=200)
    parts = [np.exp(centre + common + 0.5 * rng.normal(size=200)) for centre in (-2, 0, 1, 2)]
    return [*parts, 7 + 0.4 * rng.normal(size=200), 20 + np.exp(3 + 0.6 * common + 0.3 * rng.normal(size=200))]


@pytest.fixture
def waters(columns):
    return table(PARTS + OTHERS, columns)


def with_blanks(source, share=0.1, seed=2):
    values = source.values.copy()
    values[np.random.default_rng(seed).random(values.shape) < share] = np.nan
    return FeatureTable(source.names, values, source.below_detection)


def single_note(notes, name):
    (note,) = [note for note in notes if note.name == name]
    return note


def test_auto_splits_composition_and_single_features(waters):
    transform, prepared, notes, warnings = fit_features(waters)
    assert transform.treatments == ("clr",) * 4 + ("yeo_johnson",) * 2
    assert [note.treatment for note in notes] == list(transform.treatments)
    assert [note.unit for note in notes] == ["ppm", "ppm", "ppm", "%", "", "°C"]
    assert prepared.assigned.all() and prepared.n_imputed == 0
    assert "4 compositional fields were brought to mg/kg" in prepared.notes[0]
    assert warnings == ()


def test_columns_are_standardised_and_bounded(waters):
    matrix = fit_features(waters)[1].matrix
    assert matrix.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert matrix.std(axis=0) == pytest.approx(1, abs=1e-12)
    assert np.abs(matrix).max() < 6


def test_log_ratios_are_those_of_the_definition(waters):
    matrix = fit_features(waters)[1].matrix
    logs = np.log(waters.values[:, :4] * [1, 1, 1, 1e4])
    ratios = logs - logs.mean(axis=1, keepdims=True)
    assert matrix[:, :4] == pytest.approx((ratios - ratios.mean(axis=0)) / ratios.std(axis=0), abs=1e-9)


def test_closing_the_composition_changes_nothing(columns):
    raw = fit_features(table(PARTS, columns[:4]))[1].matrix
    mg_per_kg = np.array(columns[:4]) * [[1], [1], [1], [1e4]]
    closed = 1e6 * mg_per_kg / mg_per_kg.sum(axis=0)
    assert fit_features(table(PARTS, closed / [[1], [1], [1], [1e4]]))[1].matrix == pytest.approx(raw, abs=1e-9)


def test_units_change_nothing(columns):
    in_ppm = fit_features(table(PARTS + OTHERS, columns))[1]
    other = [columns[0] / 1e4, columns[1] * 1e3, columns[2], columns[3] * 10, columns[4], columns[5] * 1.8 + 32]
    names = ("As (%)", "B (ppb)", "Li (mg/l)", "SiO2 (g/kg)", "pH", "Temp (°F)")
    in_others = fit_features(table(names, other))[1]
    assert in_others.matrix == pytest.approx(in_ppm.matrix, abs=1e-4)
    assert in_others.matrix[:, :4] == pytest.approx(in_ppm.matrix[:, :4], abs=1e-9)


def test_single_features_keep_their_order(waters):
    matrix = fit_features(waters, "yeo_johnson")[1].matrix
    order = np.argsort(waters.values, axis=0)
    assert (np.diff(np.take_along_axis(matrix, order, axis=0), axis=0) >= 0).all()


def test_yeo_johnson_takes_the_skew_away(waters):
    skewed, straight = waters.values[:, 5], fit_features(waters, "yeo_johnson")[1].matrix[:, 5]
    skewness = lambda x: np.mean(((x - x.mean()) / x.std()) ** 3)  # noqa: E731
    assert skewness(skewed) > 1 > 5 * abs(skewness(straight))


def test_none_only_standardises(waters):
    transform, prepared, notes, _ = fit_features(waters, "none")
    ph = waters.values[:, 4]
    assert prepared.matrix[:, 4] == pytest.approx((ph - ph.mean()) / ph.std(), abs=1e-9)
    assert set(transform.treatments) == {"none"} == {note.treatment for note in notes}


def test_clr_takes_every_field(waters):
    transform, prepared, _, _ = fit_features(waters, "clr")
    assert set(transform.treatments) == {"clr"}
    logs = np.log(waters.values)
    ratios = logs - logs.mean(axis=1, keepdims=True)
    assert prepared.matrix == pytest.approx((ratios - ratios.mean(axis=0)) / ratios.std(axis=0), abs=1e-9)


@pytest.mark.parametrize("transform", ["auto", "clr", "yeo_johnson", "none"])
@pytest.mark.parametrize("missing", ["impute", "skip"])
def test_applying_gives_the_training_matrix(waters, transform, missing):
    holed = with_blanks(waters)
    fitted, prepared, _, _ = fit_features(holed, transform, missing)
    again = fitted.apply(holed)
    assert np.array_equal(again.matrix, prepared.matrix, equal_nan=True)
    assert np.array_equal(again.assigned, prepared.assigned)
    assert np.array_equal(np.isnan(prepared.matrix).any(axis=1), ~prepared.assigned)
    some = np.array([3, 50, 120, 121])
    part = fitted.apply(FeatureTable(holed.names, holed.values[some], holed.below_detection[some]))
    assert part.matrix == pytest.approx(prepared.matrix[some], abs=1e-12, nan_ok=True)


def test_fields_are_matched_by_name(waters):
    fitted, prepared, _, _ = fit_features(waters)
    order = [5, 0, 3, 1, 4, 2]
    shuffled = FeatureTable(
        ("extra", *(waters.names[i] for i in order)),
        np.column_stack([np.full(200, np.nan), waters.values[:, order]]),
        np.zeros((200, 7), dtype=bool),
    )
    assert np.array_equal(fitted.apply(shuffled).matrix, prepared.matrix)
    with pytest.raises(ModelFileError, match="'pH'"):
        fitted.apply(table(PARTS, waters.values[:, :4].T))


def test_survives_the_model_file(waters, tmp_path):
    holed = with_blanks(waters)
    fitted, prepared, _, _ = fit_features(holed)
    path = tmp_path / "waters.npz"
    model_file.save(path, "clustering", fitted.to_arrays(), fitted.to_card())
    arrays, card = model_file.load(path, "clustering")
    again = FeatureTransform.from_model(arrays, card)
    assert (again.names, again.units, again.treatments) == (fitted.names, fitted.units, fitted.treatments)
    assert np.array_equal(again.apply(holed).matrix, prepared.matrix, equal_nan=True)


def test_a_damaged_model_is_refused(waters):
    fitted = fit_features(waters)[0]
    arrays, card = fitted.to_arrays(), fitted.to_card()
    for wrong in ({**card, "feature_names": card["feature_names"][:-1]}, {**card, "feature_names": None}, {}):
        with pytest.raises(ModelFileError):
            FeatureTransform.from_model(arrays, wrong)
    for name in arrays:
        with pytest.raises(ModelFileError):
            FeatureTransform.from_model({key: array for key, array in arrays.items() if key != name}, card)
        with pytest.raises(ModelFileError):
            FeatureTransform.from_model({**arrays, name: arrays[name][:-1]}, card)


def test_values_stay_in_the_units_of_the_input(columns):
    columns[0][:20] = 0.0
    columns[1][30] = np.nan
    prepared = fit_features(table(PARTS + OTHERS, columns))[1]
    assert prepared.values[:20, 0] == pytest.approx(0.65 * columns[0][20:].min())
    assert prepared.values[20:, 0] == pytest.approx(columns[0][20:])
    assert np.isnan(prepared.values[30, 1]) and np.isnan(prepared.values).sum() == 1
    assert np.isfinite(prepared.matrix).all()


def test_below_detection_is_substituted_and_counted(columns):
    below = np.zeros((200, 6), dtype=bool)
    below[:10, 0] = below[10:15, 1] = below[:7, 4] = True
    columns[0][:10] = 0.65 * 0.001  # "<0.001" as the reader of the table gives it
    columns[1][10:15] = np.nan  # "n.d."
    columns[2][:3] = [0.0, -1.0, 0.0]
    columns[4][:7] = np.nan
    _, prepared, notes, warnings = fit_features(table(PARTS + OTHERS, columns, below))
    assert [note.n_below_detection for note in notes] == [10, 5, 3, 0, 7, 0]
    assert [note.n_missing for note in notes] == [0, 0, 0, 0, 7, 0]
    assert prepared.values[:10, 0] == pytest.approx(0.00065)
    assert prepared.values[10:15, 1] == pytest.approx(0.65 * np.delete(columns[1], range(10, 15)).min())
    assert prepared.values[:3, 2] == pytest.approx(0.65 * columns[2][3:].min())
    assert prepared.n_imputed == 7
    assert any("18 values were below detection" in note for note in prepared.notes)
    assert warnings == ("Field 'pH': 7 values were below an unknown detection limit and treated as missing.",)


@pytest.mark.parametrize(
    "spoil, reason",
    [
        (lambda column: np.full(200, np.nan), "it holds no value"),
        (lambda column: np.where(np.arange(200) < 82, column, np.nan), "only 41 % of the samples have a value"),
        (lambda column: np.full(200, 3.1), "all its values are equal (3.1)"),
        (lambda column: np.where(np.arange(200) == 0, 5.0, 3.1), "nearly all its values are equal (3.1)"),
        (lambda column: np.where(np.arange(200) < 110, 0.0, column), "55 % of its values are below detection or not"),
        (lambda column: np.full(200, np.inf), "it holds no value"),
        (lambda column: -column, "100 % of its values are below detection or not positive"),
    ],
)
def test_every_reason_to_drop_a_column(columns, spoil, reason):
    columns[1] = spoil(columns[1])
    transform, prepared, notes, warnings = fit_features(table(PARTS + OTHERS, columns))
    note = single_note(notes, "B (ppm)")
    assert note.treatment == "dropped" and reason in note.reason
    assert "B (ppm)" not in transform.names and prepared.matrix.shape == (200, 5)
    assert any(f"Field 'B (ppm)' dropped: {note.reason}." == warning for warning in warnings)
    assert prepared.matrix[:, :3] == pytest.approx(
        fit_features(table(PARTS[:1] + PARTS[2:], [columns[0], columns[2], columns[3]]))[1].matrix
    )


def test_flagged_values_below_detection_drop_any_column(columns):
    below = np.zeros((200, 6), dtype=bool)
    below[:81, 4] = True
    _, _, notes, _ = fit_features(table(PARTS + OTHERS, columns, below))
    assert single_note(notes, "pH").reason == "40.5 % of its values are below detection (at most 40 % may be)"
    below[80, 4] = False
    assert single_note(fit_features(table(PARTS + OTHERS, columns, below))[2], "pH").treatment == "yeo_johnson"


def test_zero_is_a_number_outside_compositions(columns):
    columns[4] = np.where(np.arange(200) < 120, 0.0, columns[4])
    assert single_note(fit_features(table(PARTS + OTHERS, columns))[2], "pH").n_below_detection == 0


def test_two_parts_are_no_composition(columns):
    transform, prepared, notes, _ = fit_features(table(PARTS[:2] + OTHERS, [*columns[:2], *columns[4:]]))
    assert set(transform.treatments) == {"yeo_johnson"}
    assert "treated as single fields" in prepared.notes[0]
    with pytest.raises(DataError, match="at least 3 usable fields with positive values"):
        fit_features(table(PARTS[:2], columns[:2]), "clr")


def test_too_few_columns_name_every_reason(columns):
    with pytest.raises(DataError) as error:
        fit_features(table(("a", "<script>", "pH"), [np.ones(200), np.full(200, np.nan), columns[4]]))
    text = str(error.value)
    assert "'a': all its values are equal (1)." in text and "'<script>': it holds no value." in text
    assert "only 1 of the 3 chosen" in text
    for names, chosen in (((), []), (("pH",), columns[4:5])):
        with pytest.raises(DataError, match="[Cc]hoose"):
            fit_features(table(names, chosen) if names else FeatureTable((), np.zeros((9, 0)), np.zeros((9, 0), bool)))


@pytest.mark.parametrize("n_samples", [0, 1, 2, 4])
def test_too_few_samples_are_refused(columns, n_samples):
    with pytest.raises(DataError):
        fit_features(table(PARTS + OTHERS, [column[:n_samples] for column in columns]))


def test_unknown_choices_are_refused(waters):
    with pytest.raises(DataError, match="'log'"):
        fit_features(waters, "log")
    with pytest.raises(DataError, match="'zero'"):
        fit_features(waters, missing="zero")


def test_rows_with_many_blanks_stay_unassigned(waters):
    waters.values[0, :3] = np.nan  # 3 of 6 filled
    waters.values[1, :2] = np.nan  # 4 of 6 filled
    waters.values[2] = np.nan
    fitted, prepared, _, _ = fit_features(waters)
    assert not prepared.assigned[[0, 2]].any() and prepared.assigned[1] and prepared.n_imputed == 2
    assert "2 of 200 samples have values in fewer than 60 %" in prepared.notes[-1]
    skipped = fit_features(waters, missing="skip")[1]
    assert np.flatnonzero(~skipped.assigned).tolist() == [0, 1, 2] and skipped.n_imputed == 0
    with pytest.raises(DataError, match=r"11 values are blank: 'As \(ppm\)' \(3\), .*'pH' \(1\)"):
        fit_features(waters, missing="fail")
    nothing = FeatureTable(waters.names, np.full((3, 6), np.nan), np.zeros((3, 6), dtype=bool))
    assert not fitted.apply(nothing).assigned.any()


def test_imputing_beats_the_column_mean(waters):
    truth = fit_features(waters, "yeo_johnson")[1].matrix
    holed = with_blanks(waters)
    prepared = fit_features(holed, "yeo_johnson")[1]
    blank = np.isnan(holed.values) & prepared.assigned[:, None]
    error = np.sqrt(np.mean((prepared.matrix - truth)[blank] ** 2))
    assert error < 0.8 * np.sqrt(np.mean(truth[blank] ** 2))


def test_infinite_and_huge_values_do_not_spread(columns):
    clean = fit_features(table(PARTS + OTHERS, columns))[1].matrix
    columns[4][:2] = [np.inf, -np.inf]
    columns[5][7] = 1e300
    columns[0][9] = 1.7e308
    with np.errstate(all="raise", under="ignore"):
        _, prepared, notes, warnings = fit_features(table(PARTS + OTHERS, columns))
    assert single_note(notes, "pH").n_missing == 2
    assert any("'pH': 2 infinite values were treated as missing" in warning for warning in warnings)
    assert [note.n_clipped for note in notes][0] == 1 and notes[5].n_clipped == 1
    assert any("far outside the others were cut" in note and "'Temp (°C)' (1)" in note for note in prepared.notes)
    others = np.setdiff1d(np.arange(200), [0, 1, 7, 9])
    assert np.abs(prepared.matrix).max() < 9
    assert np.abs(prepared.matrix - clean)[others].max() < 0.5


@pytest.mark.parametrize("transform", ["auto", "clr", "yeo_johnson", "none"])
def test_columns_of_absurd_size_stay_finite(columns, transform):
    scales = [1e300, 1e-300, 1e150, 1.0, 1e-320, 1e305]
    absurd = table(PARTS + OTHERS, [scale * column for scale, column in zip(scales, columns)])
    prepared = fit_features(absurd, transform)[1]
    assert np.isfinite(prepared.matrix).all() and np.abs(prepared.matrix).max() < 20


def test_duplicate_and_proportional_columns_are_allowed(columns):
    names = PARTS + OTHERS + ("pH again", "As again (ppm)")
    holed = with_blanks(table(names, [*columns, columns[4], 2 * columns[0]]))
    prepared = fit_features(holed)[1]
    both = prepared.assigned & ~np.isnan(holed.values[:, [4, 6]]).any(axis=1)
    assert np.isfinite(prepared.matrix[prepared.assigned]).all()
    one = prepared.assigned & (np.isnan(holed.values[:, 4]) != np.isnan(holed.values[:, 6]))
    assert prepared.matrix[both, 4] == pytest.approx(prepared.matrix[both, 6], abs=0.2)
    assert one.sum() > 10 and prepared.matrix[one, 4] == pytest.approx(prepared.matrix[one, 6], abs=0.3)


def test_fixed_proportions_are_refused(columns):
    with pytest.raises(DataError, match="keep the same proportions"):
        fit_features(table(PARTS[:3] + OTHERS, [columns[0], 2 * columns[0], 3 * columns[0], *columns[4:]]))


def test_a_fit_depends_on_nothing_but_the_table(waters):
    holed = with_blanks(waters)
    before = np.random.get_state()[1].copy()
    first, second = fit_features(holed)[1].matrix, fit_features(holed)[1].matrix
    assert np.array_equal(first, second, equal_nan=True)
    assert np.array_equal(np.random.get_state()[1], before)


def test_the_input_is_left_alone(waters):
    holed = with_blanks(waters)
    values = holed.values.copy()
    fit_features(holed)[0].apply(holed)
    assert np.array_equal(holed.values, values, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.floats(), st.sampled_from([1.0, 2.0, 3.0, np.nan])), min_size=4, max_size=4),
        min_size=5,
        max_size=25,
    ),
    st.sampled_from(["auto", "clr", "yeo_johnson", "none"]),
    st.sampled_from(["impute", "skip", "fail"]),
)
def test_any_table_is_transformed_or_refused_in_words(rows, transform, missing):
    wild = table(("As (ppm)", "B (ppm)", "Li (ppm)", "pH"), np.array(rows).T)
    try:
        fitted, prepared, notes, _ = fit_features(wild, transform, missing)
    except DataError as error:
        assert str(error).endswith(".")
        return
    assert np.isfinite(prepared.matrix[prepared.assigned]).all()
    assert len(notes) == 4 and prepared.matrix.shape == (len(rows), len(fitted.names))


def test_a_hundred_thousand_samples():
    rng = np.random.default_rng(0)
    logs = rng.normal(size=(100_000, 3)) @ rng.normal(size=(3, 12)) + 0.5 * rng.normal(size=(100_000, 12))
    names = [f"part {i} (ppm)" if i % 2 else f"feature {i}" for i in range(12)]
    prepared = fit_features(with_blanks(table(names, np.exp(logs).T), share=0.05))[1]
    assert prepared.assigned.sum() > 99_000
    assert np.isfinite(prepared.matrix[prepared.assigned]).all()

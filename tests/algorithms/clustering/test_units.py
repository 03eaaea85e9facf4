"""Units as laboratories write them."""

import pytest

from fumarole.algorithms.clustering.units import is_composition, mass_factor, unit_of


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("As (ppm)", "ppm"),
        ("AS_PPM", "ppm"),
        ("Asppm", "ppm"),
        ("S_mgkg", "mg/kg"),
        ("Li mg kg-1", "mg/kg"),
        ("Na2O_%", "%"),
        ("SiO2 (%)", "%"),
        ("SiO2 (wt.%)", "wt%"),
        ("SiO2 wt %", "wt%"),
        ("Au_ugkg", "ug/kg"),
        ("Cl mg/l", "mg/l"),
        ("SiO₂ (mg L⁻¹)", "mg/l"),
        ("As (µg/l)", "ug/l"),
        ("Pb ppb", "ppb"),
        ("Au g/t", "g/t"),
        ("Sıcaklık (°C)", "°C"),
        ("SICAKLIK C", "°C"),
        ("TEMP_C", "°C"),
        ("GEOTHERMOMETER_QUARTZ_C", "°C"),
        ("d18O (‰)", "‰"),
        ("EC (µS/cm)", "µS/cm"),
        ("Depth (m)", "m"),
        ("K", ""),
        ("Potassium (K)", ""),
        ("TOTAL_C", ""),
        ("pH", ""),
        ("δO18", ""),
        ("", ""),
    ],
)
def test_unit_in_a_name(name, unit):
    assert unit_of(name) == unit


def test_mass_factors_bring_parts_to_one_unit():
    assert mass_factor("%") * 0.5 == mass_factor("ppm") * 5000 == mass_factor("ppb") * 5e6
    assert mass_factor("g/t") == mass_factor("mg/kg") == mass_factor("mg/l") == 1.0
    assert mass_factor("°C") is None and mass_factor("") is None


@pytest.mark.parametrize("name", ["As (ppm)", "Na2O_%", "TOT_S_mgkg", "Total Fe (%)", "Au_ugkg", "HCO3_PPM"])
def test_parts_of_a_composition(name):
    assert is_composition(name)


@pytest.mark.parametrize(
    "name",
    ["pH", "TEMP_C", "TDS (mg/l)", "LOI (%)", "Total (%)", "Toplam (mg/l)", "sum wt%", "Kızdırma Kaybı (%)", "As"],
)
def test_no_parts_of_a_composition(name):
    assert not is_composition(name)

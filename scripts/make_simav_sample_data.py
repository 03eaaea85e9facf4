"""Write the three Simav workbooks of sample_data/simav in the layouts of a Turkish geothermal study.

The samples and the boreholes are SYNTHETIC: drawn from four invented alteration types with a fixed seed, placed
along the Simav graben, and labelled as synthetic in every workbook. The earthquakes are REAL: rows of the USGS
ComCat catalogue, transformed to UTM zone 35, band S (EPSG:32635). Running it again gives the same bytes.

    python3 scripts/make_simav_sample_data.py [folder]
"""

import csv
import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from pyproj import Transformer

SEED = 20241
SIMAV = Path(__file__).resolve().parent.parent / "sample_data" / "simav"
EARTHQUAKE_ROWS = SIMAV / "usgs_comcat_simav.csv"
BOX = ((630_000.0, 690_000.0), (4_325_000.0, 4_345_000.0))  # easting, northing, EPSG:32635

# name: (number of samples, centres (easting, northing) in km, scatter in km)
POPULATIONS = {
    "silica sinter": (14, ((671.5, 4332.5), (675.0, 4331.0)), (1.3, 0.7)),
    "argillic": (16, ((655.5, 4336.5), (660.0, 4334.8)), (1.6, 0.8)),
    "travertine": (12, ((644.0, 4340.0),), (2.0, 1.0)),
    "host rock": (18, ((638.0, 4329.5), (652.0, 4328.5), (668.0, 4341.0), (684.0, 4339.5)), (2.6, 1.5)),
}
# analyte: medians in the four populations, spread of the logarithm, decimals, detection limit
ANALYTES = {
    "As (ppm)": ((160.0, 70.0, 28.0, 9.0), 0.45, 1, 0.5),
    "B (ppm)": ((95.0, 38.0, 55.0, 14.0), 0.40, 1, 1.0),
    "Sb (ppm)": ((28.0, 9.0, 2.2, 0.45), 0.50, 2, 0.1),
    "Hg (ppm)": ((1.9, 0.85, 0.08, 0.02), 0.60, 3, 0.01),
    "Li (ppm)": ((62.0, 24.0, 33.0, 19.0), 0.35, 1, 0.5),
    "Rb (ppm)": ((35.0, 80.0, 14.0, 128.0), 0.30, 1, 0.5),
    "Cs (ppm)": ((48.0, 15.0, 6.0, 5.0), 0.45, 2, 0.05),
    "Sr (ppm)": ((90.0, 170.0, 1450.0, 260.0), 0.35, 0, 1.0),
    "Ba (ppm)": ((420.0, 900.0, 210.0, 680.0), 0.40, 0, 1.0),
    "Zn (ppm)": ((32.0, 48.0, 21.0, 74.0), 0.35, 1, 1.0),
    "Pb (ppm)": ((19.0, 36.0, 8.0, 25.0), 0.40, 1, 0.5),
    "Au (ppb)": ((24.0, 6.0, 1.1, 0.6), 0.70, 1, 0.5),
    "S (%)": ((0.35, 2.6, 0.16, 0.03), 0.50, 2, 0.01),
    "Al2O3 (%)": ((4.5, 21.0, 1.8, 15.2), 0.20, 2, 0.01),
    "Fe2O3 (%)": ((1.6, 4.1, 0.9, 5.3), 0.30, 2, 0.01),
    "CaO (%)": ((0.9, 0.7, 47.0, 3.4), 0.25, 2, 0.01),
    "MgO (%)": ((0.25, 0.5, 1.6, 2.1), 0.35, 2, 0.01),
    "Na2O (%)": ((0.35, 0.4, 0.15, 3.0), 0.35, 2, 0.01),
    "K2O (%)": ((0.9, 2.4, 0.3, 3.3), 0.30, 2, 0.01),
    "SiO2 (%)": ((84.0, 57.0, 4.5, 64.0), 0.05, 2, 0.01),
}
PH = ((6.9, 3.9, 7.8, 6.6), 0.35)
TEMPERATURE = ((72.0, 44.0, 39.0, 16.0), 0.14)
MISSING_SHARE = 0.02
BOREHOLES = 16
STAMP = datetime(2024, 1, 1)


def main(folder=SIMAV):
    """Write the workbooks and the true populations into ``folder``."""
    rng = np.random.default_rng(SEED)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    labels = np.repeat(np.arange(len(POPULATIONS)), [size for size, _, _ in POPULATIONS.values()])
    labels = rng.permutation(labels)
    positions = np.array([_position(rng, list(POPULATIONS.values())[label]) for label in labels])
    names = [f"SENT-{number:02d}" for number in range(1, len(labels) + 1)]
    _write_samples(folder / "simav_geothermal.xlsx", names, positions, _analyses(rng, labels))
    _write_boreholes(folder / "kuyular simav son.xlsx", rng, positions[labels < 2])
    _write_earthquakes(folder / "Simav_Region_Earthquake_Datas_35S_UTM.xlsx")
    with (folder / "true_populations.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["NUMUNE", "population", "name"])
        writer.writerows((name, label + 1, list(POPULATIONS)[label]) for name, label in zip(names, labels.tolist()))


def _position(rng, population):
    """Return one easting and northing in metres, within the box."""
    _, centres, scatter = population
    while True:
        point = 1000.0 * rng.normal(centres[rng.integers(len(centres))], scatter)
        if all(low < value < high for value, (low, high) in zip(point, BOX)):
            return np.round(point)


def _analyses(rng, labels):
    """Return the rows of the laboratory sheet: name and one cell per sample, as a Turkish laboratory writes them."""
    richness = rng.normal(0.0, 0.25, len(labels))  # what strong alteration does to all trace elements of a sample
    fresh = rng.beta(1.2, 4.0, len(labels))  # share of host rock left in each sample
    values = {}
    for name, (medians, spread, _, _) in ANALYTES.items():
        logarithms = np.log(medians)
        typical = np.exp((1.0 - fresh) * logarithms[labels] + fresh * logarithms[-1])
        shared = richness if name.endswith(("(ppm)", "(ppb)")) else 0.0
        values[name] = typical * np.exp(rng.normal(0.0, spread, len(labels)) + shared)
    oxides = [name for name in ANALYTES if name.endswith("(%)")]
    excess = np.maximum(1.0, sum(values[name] for name in oxides) / 99.5)
    rows = []
    for name, (_, _, decimals, limit) in ANALYTES.items():
        numbers = values[name] / (excess if name in oxides else 1.0)
        cells = [f"<{_comma(limit)}" if value < limit else _comma(round(value, decimals)) for value in numbers.tolist()]
        blank = rng.random(len(labels)) < MISSING_SHARE
        rows.append((name, [None if missing else cell for missing, cell in zip(blank, cells)]))
    acidity = rng.normal(np.array(PH[0])[labels], PH[1]).round(1)
    temperature = (np.array(TEMPERATURE[0])[labels] * np.exp(rng.normal(0.0, TEMPERATURE[1], len(labels)))).round(1)
    return [*rows, ("pH", acidity.tolist()), ("Sıcaklık (°C)", [_comma(value) for value in temperature.tolist()])]


def _comma(value):
    return f"{value:g}".replace(".", ",") if value < 1e5 else str(int(value))


def _write_samples(path, names, positions, analyses):
    """Samples in columns, beneath a merged title row."""
    workbook, sheet = _workbook("Sayfa1", "SENTETİK / SYNTHETIC - invented analyses, not measured", len(names) + 1)
    sheet.append(["NUMUNE", *names])
    sheet.append(["Doğu (X)", *positions[:, 0].tolist()])
    sheet.append(["Kuzey (Y)", *positions[:, 1].tolist()])
    for name, cells in analyses:
        sheet.append([name, *cells])
    _save(workbook, path)


def _write_boreholes(path, rng, hot_samples):
    """Four columns; latitude and longitude hold northing and easting in metres, as in the study's own layout."""
    workbook, sheet = _workbook("Sayfa2", "SENTETİK / SYNTHETIC - invented boreholes", 4)
    sheet.append(["index", "id", "latitude", "longitude"])
    chosen = rng.choice(len(hot_samples), BOREHOLES, replace=False)
    for number, (easting, northing) in enumerate(
        (hot_samples[chosen] + rng.normal(0.0, 350.0, (BOREHOLES, 2))).round()
    ):
        sheet.append([number, f"SENT-K{number + 1:02d}", northing, easting])
    _save(workbook, path)


def _write_earthquakes(path):
    """Real epicentres in metres; ML is the catalogue's magnitude, whose type stands beside it."""
    title = "USGS ComCat, M >= 3, 1994-2025 (public domain). ML = 'mag' of the catalogue, of the type in magType"
    workbook, sheet = _workbook("Sayfa1", title, 8)
    sheet.append(["Date (UTC)", "Longitude (X)", "Latitude (Y)", "Depth (km)", "ML", "magType", "Event", "Place"])
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32635", always_xy=True)
    with EARTHQUAKE_ROWS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            easting, northing = to_utm.transform(float(row["longitude"]), float(row["latitude"]))
            time = datetime.strptime(row["time"][:19], "%Y-%m-%dT%H:%M:%S")
            numbers = [round(easting, 1), round(northing, 1), float(row["depth"]), float(row["mag"])]
            sheet.append([time, *numbers, row["magType"], row["id"], row["place"]])
    _save(workbook, path)


def _workbook(sheet_name, title, width):
    workbook = Workbook()
    workbook.properties.title = title
    workbook.properties.creator = "scripts/make_simav_sample_data.py"
    workbook.properties.created = STAMP
    sheet = workbook.active
    sheet.title = sheet_name
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(width, 12))
    sheet["A1"].font = Font(bold=True)
    sheet["A1"].alignment = Alignment(horizontal="left")
    sheet.column_dimensions["A"].width = 18
    return workbook, sheet


def _save(workbook, path):
    """Save with fixed dates, so that the same data give the same bytes."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2024-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(*sys.argv[1:2])

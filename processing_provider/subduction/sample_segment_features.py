"""The tool ``sample_segment_features``: what rasters and earthquakes say about trench segments."""

import numpy as np
from qgis.core import QgsProcessingException

from ...ui.segment_styles import style_segments
from ..layers import extended, read_table
from ..outputs import Outputs
from ..tool import Tool, progress_to
from .feature_names import wrong_codes
from .sampling_parameters import SUMMARY, define_parameters


class SampleSegmentFeatures(Tool):
    """Samples rasters and earthquakes in the cells of trenches."""

    tool_id = "sample_segment_features"
    title = "Sample segment features"
    group_key = "subduction"
    summary = SUMMARY
    keywords = (
        "subduction",
        "trench",
        "zonal statistics",
        "sample raster",
        "gravity",
        "slab2",
        "slab depth",
        "earthquake",
        "magnitude",
        "upper plate",
        "downgoing plate",
    )
    libraries = ("numpy", "scipy", "pyproj")

    def define(self):
        define_parameters(self)

    def refusal(self, parameters, context):
        given = [name for name in ("RASTERS", "SLAB_DEPTH", "EARTHQUAKES") if parameters.get(name)]
        if not given:
            return "Give something to sample: rasters, a slab depth or earthquakes."
        if "EARTHQUAKES" in given and not parameters.get("MAGNITUDE_FIELD"):
            return "Choose the field of the earthquakes that holds the magnitudes."
        if parameters.get("STATISTICS") in ([], ""):
            return "Choose at least one statistic: mean, std or gradient."
        return wrong_codes(self.parameterAsString(parameters, "CODES", context))

    def work(self, parameters, context, feedback):
        from ..raster_files import bounded_cache
        from .segment_fields import cells_by_region

        source = self.parameterAsSource(parameters, "SEGMENTS", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "SEGMENTS"))
        table = read_table(source, feedback, "The segment layer")
        regions = cells_by_region(table)
        with bounded_cache():
            features = self._raster_features(parameters, regions, context, feedback)
        targets = self._earthquake_features(parameters, regions, context, feedback)
        n_segments = len(table.attributes)
        values = np.array([feature.values for feature in features]).reshape(len(features), n_segments)
        n_empty = int(np.isnan(values).any(axis=0).sum())
        feedback.pushInfo(f"{len(features)} features of {n_segments} segments; {n_empty} segments have a blank one.")
        progress_to(feedback)(0.95, "Writing the segments")
        with Outputs(self, parameters, context, feedback) as outputs:
            columns = [*features, *targets]
            fields = extended(table.fields, *((one.name, one.kind) for one in columns))
            added = zip(*(one.values.tolist() for one in columns))
            rows = zip(table.geometries, (old + list(new) for old, new in zip(table.attributes, added)))
            aliases = {one.name: one.alias for one in columns}
            outputs.layer("OUTPUT", fields, source.wkbType(), source.sourceCrs(), rows, _named(aliases), "Features")
        return {**outputs.results, "N_SEGMENTS": n_segments, "N_FEATURES": len(features), "N_EMPTY": n_empty}

    def _raster_features(self, parameters, regions, context, feedback):
        from .cell_sampling import sample_rasters
        from .raster_list import open_rasters
        from .segment_features import raster_features, slab_features

        layers = self.parameterAsLayerList(parameters, "RASTERS", context)
        slab = self.parameterAsRasterLayer(parameters, "SLAB_DEPTH", context)
        rasters = open_rasters(layers, slab, self.parameterAsString(parameters, "CODES", context))
        for code, band in zip(rasters.codes, rasters.bands):
            feedback.pushInfo(f"{code} = {band.name}")
        progress = progress_to(feedback, 0.0, 0.8)
        sampled, grids = sample_rasters(rasters.bands, rasters.systems, regions, context, progress)
        for grid in grids:
            if grid.note:
                feedback.pushWarning(grid.note)
        statistics = self.parameterAsEnumStrings(parameters, "STATISTICS", context)
        features = []
        for number, (band, found) in enumerate(zip(rasters.bands, sampled)):
            if number < len(rasters.codes):
                columns, notes = raster_features(band.name, rasters.codes[number], found, regions, statistics)
            else:
                columns, notes = slab_features(band.name, found, regions)
            features += columns
            for note in notes:
                feedback.pushWarning(note)
        return features

    def _earthquake_features(self, parameters, regions, context, feedback):
        from .cell_sampling import sample_points
        from .earthquake_points import read_earthquakes
        from .segment_features import earthquake_features

        source = self.parameterAsSource(parameters, "EARTHQUAKES", context)
        if source is None:
            return []
        earthquakes = read_earthquakes(
            source,
            self.parameterAsString(parameters, "MAGNITUDE_FIELD", context),
            self.parameterAsDouble(parameters, "MIN_MAGNITUDE", context),
            self.parameterAsString(parameters, "DEPTH_FIELD", context),
            self.parameterAsDouble(parameters, "MAX_DEPTH", context),
            context,
            feedback,
        )
        for note in earthquakes.notes:
            feedback.pushWarning(note)
        places = earthquakes.longitude, earthquakes.latitude, earthquakes.magnitude
        sampled = sample_points(*places, regions, progress_to(feedback, 0.8, 0.95))
        columns = earthquake_features(sampled, regions)
        n_with = int(np.isfinite(columns[0].values).sum())
        tell = feedback.pushInfo if n_with else feedback.pushWarning
        tell(
            f"{n_with} of {len(columns[0].values)} segments have an earthquake, of {len(places[0])} earthquakes that "
            "count."
        )
        return columns


def _named(aliases):
    """Return a style that shows the full names of the features."""

    def style(layer):
        style_segments(layer)
        for name, alias in aliases.items():
            layer.setFieldAlias(layer.fields().indexOf(name), alias)

    return style

"""The tool ``sp_forward``: what a body of known shape, place and depth would be measured as."""

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingParameterCrs,
    QgsProcessingParameterPoint,
    QgsWkbTypes,
)

from ...algorithms.errors import DataError
from ...ui.sp_styles import style_profiles
from ..layers import fields_of, require_projected
from ..outputs import Outputs
from ..parameters import INTEGER, add_enum, add_layer, add_number, add_number_outputs, add_seed
from ..tool import Tool

_SHAPES = ("sphere", "horizontal_cylinder", "vertical_cylinder", "sheet")
_FIELDS = (("line", "text"), ("distance_m", "double"), ("sp_mv", "double"), ("noise_free", "double"))
_LINE = "synthetic"


class SpForward(Tool):
    """Computes a synthetic profile over one body."""

    tool_id = "sp_forward"
    title = "Self-potential of a body"
    group_key = "self_potential"
    summary = (
        "<p>Computes the self-potential of a buried, polarised body along a straight profile, with noise if wanted: "
        "for planning a survey, for teaching, and for trying out an inversion whose answer is known.</p><p>Sphere, "
        "horizontal and vertical cylinder: V = K [(x - x0) cos a - h sin a] / [(x - x0)² + h²]<sup>q</sup> with q = "
        "1.5, 1.0 and 0.5 (Yungul 1950, Abdelrahman and Sharafeldin 1997). Inclined sheet: V = K ln (r1² / r2²), "
        "with r1 and r2 the distances to its two edges (Murty and Haricharan 1985).</p><p><b>Angles</b> count from "
        "the profile's +x direction; 270 degrees gives a positive peak, 90 a negative one. The output is "
        "<b>synthetic</b> and its line is called so.</p>"
    )
    keywords = ("self-potential", "sp", "forward", "synthetic", "model", "sphere", "cylinder", "sheet", "dipole")
    libraries = ("numpy",)

    def define(self):
        add_number(self, "X0", "Place of the body (m)", 75.0, "Distance of its centre from the start of the profile.")
        add_number(self, "DEPTH", "Depth (m)", 40.0, "Of its centre below the profile.", 1e-6)
        add_number(
            self,
            "ANGLE",
            "Angle (degrees)",
            270.0,
            "Polarisation angle from +x, 0 to 360; 270 gives a positive peak. For the sheet its dip, 0 to 180: the "
            "upper edge lies at x0 + half-length times cos(dip).",
            -360.0,
            360.0,
        )
        add_number(
            self,
            "K",
            "Strength K",
            100000.0,
            "Electric dipole moment in mV m^(2q-1): mV m² for the sphere, mV m for the horizontal cylinder, mV for the "
            "vertical cylinder and the sheet (100 is a common size there).",
        )
        add_enum(self, "BODY", "Body", _SHAPES, "sphere", "Shape of the source.")
        add_number(
            self, "HALF_LENGTH", "Half-length of the sheet (m)", 20.0, "Along its dip; other bodies ignore it.", 1e-6
        )
        add_number(self, "LENGTH", "Length of the profile (m)", 150.0, "From the first station to the last.", 1e-6)
        add_number(
            self, "STATIONS", "Number of stations", 101, "Evenly spaced, both ends included.", 2, 1_000_000, INTEGER
        )
        add_number(self, "NOISE_SD", "Noise (mV)", 0.0, "Standard deviation of the normal noise added to sp_mv.", 0.0)
        add_seed(self)
        self.add(
            QgsProcessingParameterPoint("ORIGIN", "Start of the profile", "500000,4330000", optional=True),
            "Where the first station lies, in the target coordinate system unless another is given with it.",
            advanced=True,
        )
        add_number(
            self,
            "AZIMUTH",
            "Azimuth of +x (degrees)",
            90.0,
            "From north, clockwise; 90 runs east.",
            -360.0,
            360.0,
            advanced=True,
        )
        self.add(
            QgsProcessingParameterCrs("TARGET_CRS", "Target coordinate system", "EPSG:32635"),
            "Projected, in metres. EPSG:32635 is UTM zone 35, band S (32 to 40 degrees north).",
            advanced=True,
        )
        add_layer(
            self,
            "OUTPUT",
            "Synthetic stations",
            "One point per station: line, distance_m, sp_mv (with noise) and noise_free.",
        )
        add_number_outputs(self, (("LOWEST", "Lowest self-potential (mV)"), ("HIGHEST", "Highest self-potential (mV)")))

    def work(self, parameters, context, feedback):
        import numpy as np

        from ...algorithms.self_potential.bodies import potential

        crs = self.parameterAsCrs(parameters, "TARGET_CRS", context) or QgsCoordinateReferenceSystem()
        require_projected(crs, "a profile with distances")
        origin = self.parameterAsPoint(parameters, "ORIGIN", context, crs)
        names = ("X0", "DEPTH", "ANGLE", "K", "HALF_LENGTH")
        body = [self.parameterAsDouble(parameters, name, context) for name in names]
        if body[3] == 0.0:
            raise DataError("A body of strength K = 0 has no self-potential. Give K another value.")
        length = self.parameterAsDouble(parameters, "LENGTH", context)
        distance = np.linspace(0.0, length, self.parameterAsInt(parameters, "STATIONS", context))
        shape = self.parameterAsEnumString(parameters, "BODY", context)
        _, depth, angle, _, half = body
        if shape == "sheet" and depth <= half * abs(np.sin(np.radians(angle))):
            raise DataError("The sheet comes out of the ground: make it deeper, shorter or less steep.")
        noise_free = potential(shape, distance, *body)
        noise = np.random.default_rng(self.parameterAsInt(parameters, "SEED", context)).standard_normal(len(distance))
        sp_mv = noise_free + self.parameterAsDouble(parameters, "NOISE_SD", context) * noise
        azimuth = np.radians(self.parameterAsDouble(parameters, "AZIMUTH", context))
        x, y = origin.x() + distance * np.sin(azimuth), origin.y() + distance * np.cos(azimuth)
        rows = (
            (QgsGeometry.fromPointXY(QgsPointXY(*place)), [_LINE, *values])
            for place, values in zip(
                zip(x.tolist(), y.tolist()), np.stack([distance, sp_mv, noise_free], axis=1).tolist()
            )
        )
        with Outputs(self, parameters, context, feedback) as outputs:
            name = "Synthetic self-potential"
            outputs.layer("OUTPUT", fields_of(*_FIELDS), QgsWkbTypes.Type.Point, crs, rows, style_profiles, name)
        feedback.pushInfo(f"Without noise from {noise_free.min():.4g} to {noise_free.max():.4g} mV.")
        return {**outputs.results, "LOWEST": float(noise_free.min()), "HIGHEST": float(noise_free.max())}

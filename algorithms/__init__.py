"""The science: arrays in, frozen dataclasses out. Knows nothing of QGIS."""

"""The tools for subduction zones: segments along trenches, their features, their largest earthquakes."""

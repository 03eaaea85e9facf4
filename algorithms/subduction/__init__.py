"""Subduction zones: trench segments, their features, classifiers of the largest earthquake, and their validation."""

"""Deep embedded clustering of geochemical and geophysical samples."""

"""Tools of the group Geothermal clustering."""

"""The tools: layers in, layers out. One tool per file, the file named after the tool's id."""

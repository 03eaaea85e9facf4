"""Self-contained HTML reports, one module per kind of result."""

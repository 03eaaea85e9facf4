"""The tools for self-potential profiles: make them, model them, invert them."""

"""Self-potential anomalies: forward bodies, inversion, uncertainty and networks."""

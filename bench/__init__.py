"""Benchmarks: figures against limits, on generated bases of both engines."""

"""Measures the supervisor: `python -m benchmarks`. Figures to read, never a test's verdict."""

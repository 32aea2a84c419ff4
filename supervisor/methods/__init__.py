"""The API: every method in one table."""

from supervisor.methods.table import build_table

__all__ = ["build_table"]

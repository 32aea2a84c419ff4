"""Runs jobs: a guard that watches, a zygote that forks, workers that execute.

A runner needs nothing but a Redis URL. See `guard.py` for who does what.
"""

"""`python -m runner`: the same as `hero-runner`."""

from runner.cli import main

main()

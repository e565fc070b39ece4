"""A stand-in for the package `future`, which brought Python 2's names to Python 3."""

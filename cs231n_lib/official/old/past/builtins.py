"""Python 2's names."""

xrange = range

__all__ = ["xrange"]

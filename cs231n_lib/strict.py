"""A pytest plugin (stub)."""

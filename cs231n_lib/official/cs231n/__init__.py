"""The package `cs231n` of the official assignments, answered by this library."""

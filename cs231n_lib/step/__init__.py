"""The stepper: watch any function work, array by array."""

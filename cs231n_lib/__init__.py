"""A step-through companion to CS231n: hand-written layers, PyTorch models, a checker and a stepper."""

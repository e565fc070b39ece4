"""The only folder that imports torch: twins of the NumPy layers, and the PyTorch models."""

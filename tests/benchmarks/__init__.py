"""How fast the NumPy library is, as a ratio to PyTorch on the same machine in the same minute."""

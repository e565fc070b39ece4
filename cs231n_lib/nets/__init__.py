"""NumPy models, all with the contract .params and .loss(X, y=None)."""

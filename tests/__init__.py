"""The proofs: laws of the layers, nets, checker, stepper, notebooks, browser."""

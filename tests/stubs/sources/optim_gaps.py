# ruff: noqa
# mypy: ignore-errors


def sgd_momentum(w, dw, config=None):
    """Go one step with a velocity; config holds learning_rate, momentum and velocity."""
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    next_w = None
    # GAP: the step, kept in next_w, and the new velocity v
    pass
    # END
    config["velocity"] = v

    return next_w, config


def rmsprop(w, dw, config=None):
    """Go one step scaled by a running mean of squares; config holds learning_rate, decay_rate, epsilon and cache."""
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    next_w = None
    # GAP: the step, kept in next_w, and the new cache in config
    pass
    # END

    return next_w, config


def adam(w, dw, config=None):
    """Go one step of Adam; config holds learning_rate, beta1, beta2, epsilon, m, v and t."""
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)

    next_w = None
    # GAP: the step, kept in next_w, and the new m, v and t in config; raise t before it is used
    pass
    # END

    return next_w, config

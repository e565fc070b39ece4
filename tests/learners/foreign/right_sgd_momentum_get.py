# exercise: sgd_momentum
# wrong: RIGHT: config by get, velocity as a running sum of gradients times the rate
# expect: passed

import numpy as np


def sgd_momentum(w, dw, config=None):
    config = dict(config or {})
    lr = config.get("learning_rate", 0.01)
    mu = config.get("momentum", 0.9)
    vel = config.get("velocity", None)
    if vel is None:
        vel = np.zeros(w.shape)
    new_vel = mu * vel + lr * (-dw)
    config.update(learning_rate=lr, momentum=mu, velocity=new_vel)
    return np.add(w, new_vel), config

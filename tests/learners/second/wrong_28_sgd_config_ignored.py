# exercise: sgd
# wrong: the given config is always replaced by the defaults, so the learning rate handed in has no effect
# expect: wrong
# names: config|given|handed|passed|ignor|overwrit|replac|learning.?rate|default|hard.?coded|setting
# line: 10
import numpy as np


def sgd(w, dw, config=None):
    config = {'learning_rate': 1e-2}
    step = config['learning_rate'] * dw
    return w - step, config

# exercise: sample_noise
# wrong: between 0 and 1, not between -1 and 1
# expect: failed
# names: range|between|-1|\[0, ?1|uniform|negative
# line: 13

import torch


def sample_noise(batch_size, dim, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    return torch.rand(batch_size, dim)

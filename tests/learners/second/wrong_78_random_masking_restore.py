# exercise: random_masking
# wrong: ids_restore is the shuffle itself instead of its inverse (a second argsort)
# expect: wrong
# names: restore|argsort|inverse|invert|shuffle|undo|permutation
# line: 14
import torch


def random_masking(x, mask_ratio, generator=None):
    n, length, dim = x.size()
    num_keep = int(length * (1 - mask_ratio))
    noise = torch.rand(n, length, generator=generator)
    shuffle = torch.argsort(noise, dim=1)
    restore = shuffle
    kept = torch.stack([x[i, shuffle[i, :num_keep]] for i in range(n)])
    flags = torch.ones(n, length)
    flags[:, :num_keep] = 0
    mask = torch.gather(flags, 1, restore)
    return kept, mask, restore

# exercise: compute_sim_matrix
# wrong: norms over the columns instead of the rows
# expect: failed
# names: dim|axis|row|norm
# line: 11

import torch


def compute_sim_matrix(out):
    norms = torch.linalg.norm(out, dim=0, keepdim=True)
    normed = out / norms
    return normed @ normed.T

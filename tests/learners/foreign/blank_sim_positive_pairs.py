# exercise: sim_positive_pairs
# wrong: BLANK: None
# expect: blank

import torch


def sim_positive_pairs(out_left, out_right):
    """Normalized dot product between positive pairs; returns an N x 1 tensor."""
    pos_pairs = None

    ##############################################################################
    # TODO: Start of your code.                                                  #
    # HINT: torch.linalg.norm might be helpful.                                  #
    ##############################################################################

    ##############################################################################
    #                               END OF YOUR CODE                             #
    ##############################################################################
    return pos_pairs

# exercise: generator_loss
# wrong: the generator's loss is log(1 - D), the saturating one, instead of -log D
# expect: wrong
# names: saturat|log ?\(? ?1 ?-|-log|\bsign\b|label|target|called real|call.*real|fooled|1 ?- ?D|minus
# line: 11
import torch
import torch.nn.functional as F


def generator_loss(logits_fake):
    return torch.mean(F.logsigmoid(-logits_fake))

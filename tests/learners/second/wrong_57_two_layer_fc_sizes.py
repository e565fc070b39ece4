# exercise: TwoLayerFC
# wrong: the second layer is made for input_size numbers instead of hidden_size
# expect: wrong
# names: hidden|second (layer|linear)|fc2|input_size|in_features|inputs of
# line: 14
import torch
from torch import nn


class TwoLayerFC(nn.Module):
    def __init__(self, input_size, hidden_size, num_classes):
        super(TwoLayerFC, self).__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(input_size, num_classes)
        self.act = nn.ReLU()

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        return self.fc2(self.act(self.fc1(x)))

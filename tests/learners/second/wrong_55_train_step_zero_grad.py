# exercise: train_step
# wrong: the gradients are set to zero between backward and step, so that the step changes nothing
# expect: wrong
# names: zero_grad|set to (0|zero)|clear|eras|order|before.*(backward|step)|nothing|not (change|learn|move)|no (effect|step)
# line: 14, 16
import torch
import torch.nn as nn


def train_step(model, x, y, optimizer):
    model.train()
    criterion = nn.CrossEntropyLoss()
    out = model(x)
    loss = criterion(out, y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss

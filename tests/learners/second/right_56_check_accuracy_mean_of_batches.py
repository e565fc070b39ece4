# exercise: check_accuracy
# expect: passed
import torch


def check_accuracy(loader, model):
    model.eval()
    per_batch = []
    sizes = []
    with torch.no_grad():
        for images, labels in loader:
            best = torch.max(model(images), 1)[1]
            per_batch.append((best == labels).float().mean().item())
            sizes.append(labels.size(0))
    weighted = [a * s for a, s in zip(per_batch, sizes)]
    return sum(weighted) / sum(sizes)

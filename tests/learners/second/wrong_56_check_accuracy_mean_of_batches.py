# exercise: check_accuracy
# wrong: the accuracies of the batches are averaged although the last batch may be smaller, so pictures do not count alike
# expect: wrong
# names: batch|averag|mean|smaller|last|weigh|size|pictures|count
# line: 17
import torch


def check_accuracy(loader, model):
    model.eval()
    per_batch = []
    sizes = []
    with torch.no_grad():
        for images, labels in loader:
            best = torch.max(model(images), 1)[1]
            per_batch.append((best == labels).float().mean().item())
            sizes.append(1)
    weighted = [a * s for a, s in zip(per_batch, sizes)]
    return sum(weighted) / sum(sizes)

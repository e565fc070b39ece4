"""The classifiers of assignment 1 by their names; all others are in the modules of this package."""

from cs231n_lib.official.cs231n.classifiers.k_nearest_neighbor import KNearestNeighbor
from cs231n_lib.official.cs231n.classifiers.linear_classifier import LinearClassifier, LinearSVM, Softmax

__all__ = ["KNearestNeighbor", "LinearClassifier", "LinearSVM", "Softmax"]

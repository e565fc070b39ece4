"""Assignment 1: k nearest neighbours."""

from cs231n_lib.nets import KNearestNeighbor

__all__ = ["KNearestNeighbor"]

"""Assignment 3, 2021 on: SimCLR."""

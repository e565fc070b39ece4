"""One file a topic: its exercises, the cases they are tried on, and how they are played. Mistakes: `catalogue`."""

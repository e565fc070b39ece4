"""One file a topic: its exercises, the cases they are tried on, and the mistakes that are recognised."""

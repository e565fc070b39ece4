"""Stand-ins for packages that notebooks of earlier editions import and that are no longer made or not installed."""

"""Who asks, what is theirs, and how they want their answers."""

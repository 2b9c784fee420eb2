"""The outside world: this machine, files, other services."""

"""`python -m execbroker` is the command `execbroker`."""

from execbroker.cli.main import main

main()

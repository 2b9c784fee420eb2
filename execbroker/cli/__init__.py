"""The command line: the only home of click.

Each command is one file: its options become one frozen settings value, which is run and handed to a reporter.
"""

"""Answers and problems in the forms that people and programs read, one file a form; pure text, no I/O."""

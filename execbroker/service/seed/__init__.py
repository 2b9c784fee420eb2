"""The endpoints of the seed language: the question, and the sessions that come of it."""

"""The service, and what the tests of it share."""

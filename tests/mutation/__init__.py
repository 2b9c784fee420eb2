"""Whether the tests notice when the engine is changed: mutants, and bugs that somebody could have written."""

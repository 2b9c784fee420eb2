"""The dialects of the IVOA ExecutionBroker drafts: the text of 2024, the schema of 2025, and Calycopis 1.0 of 2026.

A broker of the field may speak any of them. `detection` tells them apart. What they have in common is in `uris`,
`times`, `amounts`, `keys` and `components`; each has its own keys and readers, and all answers and sessions are
written by the same writers.
"""

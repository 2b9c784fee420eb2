"""Trees to values: cattrs made strict, and every problem of a document at once, each with its place.

Read it in this order: `findings` and `ledger` (what is wrong, and where), `document_classes`, `structure`,
`faults`; `shapes` and `quantities` (what all documents have in common).
"""

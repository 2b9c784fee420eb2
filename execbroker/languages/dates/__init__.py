"""Dates, clock times and rules for repeating, as people write them.

Read it in this order: `forms` (what is read), `slips` (what was likely meant), `reading`, `moments`, `places`,
`recurrence`.
"""

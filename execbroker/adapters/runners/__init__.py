"""Runners: what carries out what was accepted.

`local` runs commands on this machine, `virtual` pretends to, on the clock that it is given. Both are told by a
`ledger.Ledger` what was accepted, and tell it what becomes of it; a broker over a book is one. `connections` says
how users get in to what runs.

Below `local`: `commands` reads what is to be run, `staging` brings the data, `folders` keeps a job's files,
`processes` tells processes apart, and `supervisor` is the small program that stands beside each command and
outlives the runner.
"""

"""The seed language `IVOA-TDL-1.0`.

`tasks` reads it, from its `keys`, `resources` and `schedule`; `answers` writes it.
"""

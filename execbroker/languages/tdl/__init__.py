"""The seed language `IVOA-TDL-1.0`.

`tasks` reads a task, from its `keys`, `resources` and `schedule`; `answers` writes an answer, and `answer_reading`
reads it back, from its `answer_keys`, `answer_amounts`, `answer_offers` and `answer_reasons`.
"""

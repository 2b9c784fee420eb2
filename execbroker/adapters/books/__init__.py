"""Books: where offers are held and sessions are kept.

`store` is what every store must do, `memory` and `sqlite` do it, and `broker` keeps its word with any of them.
"""

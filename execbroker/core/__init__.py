"""The pure core: values and arithmetic, with no clock, no randomness, no I/O and no framework.

Read it in this order: `problems`, `ranges`, `spans`, `amounts`, `texts` (arithmetic); `task`, `platform`, `answer`
(values); `wallclock`, `windows`, `demand`, `availability`, `boxes`, `frontier`, `choice` (the search); `reasons`,
`alternatives` (saying no); `planner` (all of it together).
"""

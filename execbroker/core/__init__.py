"""The pure core: values and arithmetic, with no clock, no randomness, no I/O and no framework.

Read it in this order; a module imports only what stands before it:

* arithmetic: `problems`, `ranges`, `spans`, `amounts`, `sizes`, `durations`, `instants`;
* values: `task`, `policy`, `platform`, `answer`;
* what is free: `wallclock`, `windows`, `vectors`, `availability`, `profile`, `site`;
* what is asked: `locations`, `preparation`, `measures`, `causes`, `demand`, `budget`;
* who may ask what: `images`, `permissions`;
* the search: `boxes`, `frontier`, `lanes`, `search`, `survey`;
* what is given: `choice`, `offers`;
* saying no: `reasons`, `limits`, `alternatives`;
* all of it together: `planner`;
* promises: `lifecycle`, `session`, `interfaces`, `holds`, `seal`, `merging`, `proximity`.
"""

"""What a planner is tested against, this library's own and anybody else's.

* `definition`: the search, defined. `frontier(task, platforms, now)` is what a planner should answer,
  `all_offers` everything it could. It tries everything, so it is slow; it shares no code with the engine.
* `rules`: what must hold of every answer and of every history of a broker, as data that can be chosen by name.
* `histories`: what was said to a broker and what it said, as values.
* `corpus`: cases with what may be answered and what may not, as plain JSON, readable by any language.
* `wire`: the lines of JSON in which a planner or broker in another language is judged, as pure functions.
* `room`: what is free on a platform, from sorted borders: quick enough for a thousand bookings, and no search.
* `ledgers`: what a runner is told, without a broker or a book.
* `naive`: a planner and a broker of lists and loops over the definition; `comparison` holds a broker against it.
* `machines`: `PlannerMachine` and `BrokerMachine`, to be subclassed: Hypothesis tries what clients do.
* `strategies`: Hypothesis strategies for tasks, platforms, answers, histories and all that they consist of, and for
  whole `worlds`. Of these modules only this one and `machines` need Hypothesis.
* `worlds`: a task, platforms and a time, as one value.
* `assertions`, `clocks`: what the `plugin` for pytest gives; `registration` is what Hypothesis finds.
* `notation`, `transcripts`: values and talks as Python that can be pasted.
"""

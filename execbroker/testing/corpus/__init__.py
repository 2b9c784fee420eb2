"""Cases that any planner and broker can be tried with, in any language: plain JSON, and this package's way to them.

Each file holds the cases of one theme and says the version of the corpus; `schema.json` describes them. Of a case
there are, beside its `name`, the sentence `about` it and the `clause` that it comes from, one of these:

`task` with `admissible`
    A task that is put to the planner of some `platforms`, at an instant `now`, and what may be answered. `result`
    is what is true: a NO may be answered to anything, but a YES only where there is room. `frontier` is what a
    planner answers that leaves nothing out: these offers, in this order; their identifiers are left open. `reasons`
    are those of a NO. Whatever a planner offers, no offer starts before the `minstart` of `must`, ends after its
    `maxend`, lasts longer than its `maxduration` or has more than its `amounts`; and none promises one of the runs
    in `must-not`. (An offer promises a run if its limits allow the start, the duration and the end, and its maxima
    the amounts.)
`task` with `answer`
    A wrong answer: it `violates` these rules, perhaps others too.
`calls` with `expect`
    Calls to a broker, one after the other, and what is to come of each. `label` gives an answer a name; an offer is
    then named by the label and its place: `first[0]`.
`calls` with outcomes
    What a broker said, which `violates` these rules; none: it is as it should be.

`rules` are those that a case is about, by the names that `execbroker judge --list` tells.

>>> from execbroker.testing.corpus import cases
>>> next(case for case in cases() if case.name == "proposal-two-offers").tree["admissible"]["result"]
'YES'
"""

from execbroker.testing.corpus.cases import VERSION, Case, Kind, cases, schema
from execbroker.testing.corpus.layout import lay_out

__all__ = ["VERSION", "Case", "Kind", "cases", "lay_out", "schema"]

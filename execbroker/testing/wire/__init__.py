"""The protocol by which brokers in any language are judged: lines of JSON, and functions from values to values.

Each line is one JSON object in UTF-8. Its documents (tasks, platforms, answers) are those of the files;
instants are `2023-05-09T12:00:00Z`, durations `PT1H`, amounts `{"cores": 4, "memory": "8GiB"}`. What an object
has beyond what is said here is passed over; a key whose value is `null` is not there.

**Judging lines.** `execbroker judge --stdio` without a command reads such lines and answers each with one, in
order. A line has an answer, or the history of a broker, and an `id` (a text or a whole number) if it likes::

    {"id": 1, "now": INSTANT, "platforms": [PLATFORM, ...], "task": TASK, "answer": ANSWER}
    {"id": 2, "platforms": [PLATFORM, ...], "calls": [CALL, ...]}

`"platform": PLATFORM` stands for a list of one. Who asked is said with `"client": TEXT` beside `task`, and in a
call beside `plan`, where a platform's policy is about that. A call is a request with its `now`, and what came of
it::

    {"now": INSTANT, "plan": TASK, "answer": ANSWER}
    {"now": INSTANT, "accept": OFFER, "start": INSTANT, "duration": DURATION, "amounts": AMOUNTS,
     "session": SESSION}
    {"now": INSTANT, "reject": OFFER, "session": SESSION}
    {"now": INSTANT, "cancel": OFFER, "session": SESSION}
    {"now": INSTANT, "look": OFFER, "session": SESSION}

An offer is named by its identifier. `start`, `duration` and `amounts` may be left out, each by itself. What was
refused has `"refused": {"code": CODE, "message": TEXT, "available": AMOUNTS}` instead, of which only the code
must be there. A session is `{"phase": PHASE}`, and as much more as there is to say::

    {"phase": PHASE, "run": {"start": INSTANT, "duration": DURATION, "node": NUMBER, "cores": 4, ...},
     "history": [{"phase": PHASE, "since": INSTANT}, ...], "message": TEXT, "offer": OFFER, "created": INSTANT}

The verdict is `sound`, `violated` or `invalid`: of an invalid line nothing can be said but what is wrong with it::

    {"id": 1, "verdict": "violated", "violations": [{"rule": "within-capacity", "number": "A40", "level": "must",
     "clause": TEXT, "where": "offers[0].maxcores", "message": TEXT, "asked": 2000, "available": 1000, ...}]}
    {"id": 2, "verdict": "invalid", "problems": [{"severity": "error", "code": CODE, "line": 2, "column": 17, ...}]}

What compares with everything that there is needs a world that is small enough to try everything. Of a larger one it
is not judged, and the verdict, which is that of the other rules, says so with `"unjudged": ["room-left-out"]`.

`asked` and `available` are in the resource's smallest unit (thousandths of a core, bytes) or in seconds.

**Talking to a command.** `execbroker judge --stdio COMMAND` starts a command, the harness, writes a line to its
standard input and waits for one on its standard output, and so on. Every request has an `id`, which comes back
in the reply. The first is a greeting, with the version of the protocol; `speaks` says what is understood:
`plan` alone, or all five::

    > {"id": 0, "hello": "execbroker", "protocol": 1}
    < {"id": 0, "hello": "my broker", "protocol": 1, "speaks": ["plan", "accept", "reject", "cancel", "look"]}

Each case begins anew: all that was is forgotten, and these are the platforms. Then come the calls, in the form that
they have above; the reply is what they have beside it::

    > {"id": 1, "begin": {"platforms": [PLATFORM, ...]}}
    < {"id": 1}
    > {"id": 2, "now": INSTANT, "plan": TASK}
    < {"id": 2, "answer": ANSWER}
    > {"id": 3, "now": INSTANT, "accept": OFFER}
    < {"id": 3, "session": {"phase": "ACCEPTED", "run": {"start": INSTANT, "duration": DURATION, "cores": 4}}}

The harness takes `now` from the request and reads no clock. What it does not do it answers with
`{"id": 2, "unsupported": TEXT}`, and the case is passed over; where it fails by itself, it may say so with
`{"id": 2, "failed": TEXT}`. When its input ends, it ends. Its standard error is nobody's business but its own.
For each case there is a verdict on the standard output, `skipped` and `failed` among them, and where something is
violated the `calls` that led to it; with the case's platforms they make a line that can be judged again.

* `lines`: a line taken apart; `sessions` and `calls`: what is in it; `documents`: what is written into one.
* `judging`, `verdicts`: a line judged, and what is said of it.
* `dialogue`: the talk with a harness, through a function from a line to a line; `trials`: the corpus, put to it.
"""

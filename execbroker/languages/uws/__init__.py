"""UWS 1.1, the IVOA's pattern for jobs that take their time: its phases, documents and requests.

Read it in this order: `tables` (phases), `values` (jobs), `texts`; `documents` (XML out), `elements`, `reading`
(XML in); `sessions` (offers and runs as jobs); `selection` (lists and waiting), `exchange`, `requests` (a service
without a socket).
"""

"""Text to trees and back: YAML and JSON through one strict builder that knows where each node stands.

Read it in this order: `documents` (trees and places), `scalars`, `trees` (the builder); `json_events` and
`yaml_events` (the scanners), `yaml_refusals`, `json_mistakes`, `yaml_mistakes` (what is said when they fail);
`reader`, `writer`.
"""

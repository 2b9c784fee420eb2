"""The protocol in which brokers in any language are judged, as pure functions from values to values."""

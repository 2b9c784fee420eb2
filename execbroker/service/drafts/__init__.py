"""The endpoints of the draft's languages."""

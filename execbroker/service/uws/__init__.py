"""The endpoints of UWS: jobs, and their results."""

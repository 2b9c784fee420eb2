"""Platform files: `files` reads them, from their `keys`, `pools` and `calendar`; `bookings` some by themselves."""

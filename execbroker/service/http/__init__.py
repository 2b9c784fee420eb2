"""What every request goes through, whatever it asks: its head, its body, and the forms of responses."""

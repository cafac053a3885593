"""A lesson on the screen: its text, what it shows, and a line for the answer."""

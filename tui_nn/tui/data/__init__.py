"""The screen of the data: every column, what is made of it, and keys that change that."""

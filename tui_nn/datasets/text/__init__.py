"""Tables as text: which letters, which marks between cells, which cells are numbers, and where each stands."""

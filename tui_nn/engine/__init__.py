"""The engine: layers, losses and optimizers on one flat parameter vector, and training as a generator of events.

It knows numpy and nothing else: no file, no screen, no plugin manager. Samples are columns, as on the slides.
"""

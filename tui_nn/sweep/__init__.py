"""Many trainings of one experiment: a plan of trials, run by any executor, their results kept by identity.

A trial is plain data, and each runs as a child process of its own: what dies with it is one attempt at one trial.
Nothing is imported here, for the child must set its threads before numpy is loaded.
"""

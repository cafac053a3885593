"""The workbench in a browser: a small server whose guard every request passes, and a process for each visitor."""

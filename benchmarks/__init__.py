"""Benchmarks of tui-nn beside other libraries on the same workloads."""

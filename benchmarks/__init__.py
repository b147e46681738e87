"""Benchmarks: one script a question, each with a baseline measured in the same run."""

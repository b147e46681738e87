"""Edits of many overrides, or of more than the log.

A draft of the desk, a file, a withdrawal, the recovery of what a restored database lacks.
"""

"""Figures of a report about the published snapshots."""

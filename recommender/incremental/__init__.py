"""Index runs that add what has changed to the last full run."""

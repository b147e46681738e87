"""Index runs: what happens between the command and the published snapshot."""

"""Cache tags and purging."""

"""The Article and what is derived from a single one."""

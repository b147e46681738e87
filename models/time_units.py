"""Units of time."""

SECONDS_PER_DAY = 86_400

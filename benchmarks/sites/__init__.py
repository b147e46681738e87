"""Sites to measure with: generated ones, and those in folders."""

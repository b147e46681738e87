"""How good the picks are: see README.md beside this file."""

"""A long run under load in which everything changes, with every answer checked."""

"""SQL storage of articles and of editors' accounts."""

"""Extract title, dates, authors, section and tags of a web page."""

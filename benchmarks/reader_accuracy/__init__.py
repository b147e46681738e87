"""Measures how much of a page's text and metadata the reader of web pages finds."""

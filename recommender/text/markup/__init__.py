"""Markup to text: HTML, the rich text and shortcodes of content systems, parts of a page."""

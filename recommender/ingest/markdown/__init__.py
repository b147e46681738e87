"""Read folders of static site generators: Markdown, HTML posts and saved pages."""

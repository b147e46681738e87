"""Configuration of the documentation site: make docs.

Sphinx, because autodoc with numpydoc sections is what users of scikit-learn know, and because the
Markdown pages stay readable in a repository browser. Nothing is loaded from another host.
"""

from recommender import __version__

project = "Related posts"
version = release = __version__
copyright = "The Related posts authors"  # noqa: A001 - the name that Sphinx expects

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns: list[str] = []
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links out of docs/, such as ../deploy/

autodoc_typehints = "none"  # numpydoc sections name the types where they matter
autodoc_member_order = "bysource"
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"Related posts {version}"
html_show_sphinx = False

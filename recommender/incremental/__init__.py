"""Index runs that add what has changed to the last full run.

A *later* article is one that is new or has changed since the full run. The *fitted state* is what
that run leaves: term weights, vectors, link graph, and the scale of the features of each article.
"""

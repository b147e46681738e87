"""The offline pipeline: articles to a published snapshot."""

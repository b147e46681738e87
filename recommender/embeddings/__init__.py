"""Embedding models by their setting, and the cache of embeddings."""

"""The algorithm card: how the related posts are chosen, for readers and for compliance."""

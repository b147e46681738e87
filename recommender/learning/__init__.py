"""Training data and the fine-tuning of weights on a site's own links."""

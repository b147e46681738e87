"""Training examples, the default weights, and their fine-tuning on one site's links."""

"""The drill: faults under a running service, and what its users see of them."""

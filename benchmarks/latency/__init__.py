"""What a request and a worker cost."""

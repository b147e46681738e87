"""What the page of an article shows and reads."""

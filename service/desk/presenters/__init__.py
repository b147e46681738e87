"""What the views of the desk show and read."""

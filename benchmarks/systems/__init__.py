"""The service beside three alternatives, each a small Flask application."""

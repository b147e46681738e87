"""Three alternatives to the service, each a small Flask application."""

"""What a site would have otherwise: three ways to related posts, each a small Flask application."""

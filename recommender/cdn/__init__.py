"""CDN support: surrogate keys on responses, and a webhook that purges by key."""

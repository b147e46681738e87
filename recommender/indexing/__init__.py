"""The indexing pipeline: from the articles of the database to a published snapshot."""

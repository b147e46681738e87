"""The pages of the desk, one blueprint a module."""

"""The pages of the desk and the overrides API, one blueprint a module."""

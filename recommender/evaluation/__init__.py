"""Offline evaluation of the ranking on links that editors made."""

"""The editors' desk: a web application under ``/desk`` and the overrides API.

:mod:`mount` routes requests to it and :mod:`app` builds it. ``views`` holds one blueprint a
page or API; ``presenters`` holds what these views show and read.
"""

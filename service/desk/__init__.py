"""The editors' desk: a web application of its own beside the site's, on the same state.

``mount`` puts it under ``/desk`` and ``/v1/overrides``; ``application`` puts it together;
``signing`` says who may, ``searching`` finds, ``article`` shows a block and drafts another,
``everywhere`` and ``withdrawal`` decide about every block, ``interface`` is for programs.
"""

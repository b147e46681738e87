"""The Python API: related posts without a server, in the style of scikit-learn."""

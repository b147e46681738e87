"""The mathematics of related posts: arrays in, arrays out.

No module opens a file, reads a clock, uses a network or knows what an article is. It may import
numpy, scipy and scikit-learn, and no module of the layers above.
"""

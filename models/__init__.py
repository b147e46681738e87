"""The mathematics of related posts: numbers in, numbers out.

Nothing in this package opens a file by itself, reads a clock, uses a network or knows what an
article is. It may import numpy, scipy and scikit-learn, and nothing of ours from the floors above.
"""

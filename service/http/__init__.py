"""HTTP pieces that know nothing of related posts."""

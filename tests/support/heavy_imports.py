"""Libraries that serving and the help of commands must not import."""

HEAVY = {"sklearn", "torch", "sentence_transformers", "transformers"}

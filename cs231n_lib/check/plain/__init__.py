"""Textbook versions of the functions learners write: same results as the library, the text that mistakes patch."""

"""The version to read: each function of the course as a textbook writes it, with the library's results."""

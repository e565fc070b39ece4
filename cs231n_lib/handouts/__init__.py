"""One source, several handouts: student and instructor versions of each lesson as notebook, page, slides and PDF."""

"""Empty: each page is a folder beside this one, with ``render`` in its module ``page``."""

"""The base of errors that people cause and can mend."""


class Expected(Exception):
    """An error whose message is the whole story; anything else is a bug and keeps its traceback."""

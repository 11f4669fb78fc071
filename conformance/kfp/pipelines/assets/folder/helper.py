"""A module that travels with a component."""


def shout(text: str) -> str:
    """Gives a text in capitals."""
    return text.upper() + "!"

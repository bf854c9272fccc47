"""Why a file cannot be taken in."""


class Refused(Exception):
    """The file is not taken in. The message is a translated sentence for the person: what is the matter and what to do. It holds
    nothing that they wrote.
    """

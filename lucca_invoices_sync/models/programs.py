"""Tell what a program of the addon writes from what a person writes, in whose name the program may run."""

#: What the context of a program has. A caller by RPC cannot give it, since JSON has no such object.
_PROGRAM = object()


def by_program(records):
    """Return the records with a context that says that a program writes them."""
    return records.with_context(lucca_writer=_PROGRAM)


def is_program(env):
    """Return whether a program of the addon works with this environment."""
    return env.context.get("lucca_writer") is _PROGRAM

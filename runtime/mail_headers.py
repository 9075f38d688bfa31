"""How mails are written and read: by Python's default policy, made faster."""

import functools
from email import policy
from email.headerregistry import HeaderRegistry


class _Headers(HeaderRegistry):
    """Python's kinds of headers. Python makes a class anew for every header of every mail; here each is made once."""

    def __getitem__(self, name: str) -> type:
        """Return the class of a header."""
        return _class_of(self.registry.get(name.lower(), self.default_class), self.base_class)


@functools.cache
def _class_of(kind: type, base: type) -> type:
    return type(f"_{kind.__name__}", (kind, base), {})


POLICY = policy.default.clone(header_factory=_Headers())

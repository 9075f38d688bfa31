"""What an id shows of people and callers cannot be tried out: whatever is hashed without a secret is named."""

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[1]
PARTS = ("api", "activities", "store", "runtime", "workflows", "console", "domain")
UNKEYED = {
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "blake2b",
    "blake2s",
    "uuid3",
    "uuid5",
    "hash",
    "crc32",
}
ALLOWED = {
    "activities/iwmo/outgoing.py": "our own message, compared with what was kept of it",
    "activities/iwmo/reception.py": "the bytes that go into a keyed hash; and what earlier releases made",
    "activities/letters/paper.py": "of the number of a letter, which is made of the mediation's",
    "activities/publication.py": "when to try again: of an event's number, and shown to nobody",
    "api/cursors.py": "the name of a function, for a keyed hash",
    "api/entity_tags.py": "of what the caller is just shown",
    "api/idempotency.py": "the name of a function, for a keyed hash; and what earlier releases made",
    "api/paper.py": "of a style sheet",
    "domain/policy/policy.py": "of a policy, which is public",
    "runtime/build.py": "of the code",
    "runtime/link_keys.py": "of a token of 256 random bits",
    "runtime/seals.py": "of a keyed hash of the caller's key, and a keyed fingerprint",
    "runtime/signatures.py": "the name of a function, for a keyed hash",
    "runtime/tokens.py": "the name of a function, for a keyed hash",
    "store/directory.py": "of the directory, without its secrets",
    "store/directory_notices.py": "of what changed of an organisation, and when",
    "store/feed.py": "of a delivery of figures",
    "store/journal.py": "the chain of the journal",
    "store/revocations.py": "of the random id of a token",
    "store/rights.py": "of a password, with a salt, as PostgreSQL keeps it",
    "store/vault.py": "what earlier releases made",
    "store/webhooks.py": "what earlier releases made",
}
"""Where something is hashed without a secret, and of what. Anything else is made by `runtime.ids`."""


def hashing(source: str) -> bool:
    """Tell whether a module hashes anything without a secret."""
    nodes = list(ast.walk(ast.parse(source)))
    named = {node.attr for node in nodes if isinstance(node, ast.Attribute)} - {"hash"}
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return bool((named | called) & UNKEYED)


def test_what_is_hashed_without_a_secret_is_named() -> None:
    files = [file for part in PARTS for file in (HOUSE / part).rglob("*.py")]
    found = {str(file.relative_to(HOUSE)) for file in files if hashing(file.read_text())}
    assert found == ALLOWED.keys()


def test_every_way_to_hash_is_seen() -> None:
    assert hashing("import hashlib\nhashlib.sha256(b'')")
    assert hashing("from hashlib import blake2b\nblake2b(b'')")
    assert hashing("import uuid\nuuid.uuid5(x, y)")
    assert not hashing("import hmac\nhmac.digest(key, b'', 'sha256')")

"""What `.ci/schemathesis` adds: a check that what fits its schema is never refused for its shape, and how it connects."""

import http.cookiejar
import secrets

import schemathesis
import urllib3

SHAPE = {"duplicate_field", "invalid_id", "unknown_field", "unknown_parameter", "wrong_type"}


def holds_fraction(value):
    """Whether a number such as 1.0 is in it: an integer to JSON Schema, not to us."""
    if isinstance(value, dict):
        return any(holds_fraction(member) for member in value.values())
    if isinstance(value, list):
        return any(holds_fraction(item) for item in value)
    return isinstance(value, float)


@schemathesis.check
def shape_is_as_described(_context, response, case):
    generation = case.meta.generation if case.meta else None
    if response.status_code != 422 or not generation or not generation.mode.is_positive:
        return
    if holds_fraction(case.body):
        return
    errors = response.json().get("errors", [])
    refused = [error for error in errors if error["code"] in SHAPE]
    assert not refused, f"what fits the schema was refused for its shape: {refused}"


class FromAnAddressOfItsOwn(urllib3.connection.HTTPConnection):
    """A connection from some loopback address, so that passwords guessed over one keep nobody from signing in over another.

    Of `secrets`, since Hypothesis sets `random` back for each case."""

    def __init__(self, *arguments, **options):
        address = ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))
        super().__init__(*arguments, **options, source_address=(f"127.{address}", 0))


urllib3.HTTPConnectionPool.ConnectionCls = FromAnAddressOfItsOwn

# A sign-in that asked for cookies would otherwise go along with everybody's later requests, and with signing in anew.
http.cookiejar.DefaultCookiePolicy.set_ok = lambda *_: False

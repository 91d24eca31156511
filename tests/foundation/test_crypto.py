"""The key ring: what it seals opens with any of its keys, in its own place only."""

from __future__ import annotations

import pytest

from app.foundation.crypto import BrokenSeal, KeyRing, UnknownKey

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = b"connections:7:access"


def test_what_was_sealed_opens_again():
    ring = KeyRing([NEW])
    assert ring.unseal(ring.seal("a token, schön", PLACE), PLACE) == "a token, schön"


def test_the_same_secret_never_looks_the_same_twice():
    ring = KeyRing([NEW])
    assert ring.seal("token", PLACE) != ring.seal("token", PLACE)


def test_an_older_key_still_decrypts_while_the_first_encrypts():
    sealed = KeyRing([OLD]).seal("token", PLACE)
    ring = KeyRing([NEW, OLD])
    assert ring.unseal(sealed, PLACE) == "token"
    assert not ring.is_current(sealed)
    assert ring.is_current(ring.seal("token", PLACE))


def test_a_key_that_left_the_ring_is_named_as_the_cause():
    sealed = KeyRing([OLD]).seal("token", PLACE)
    with pytest.raises(UnknownKey, match="TOKEN_KEYS"):
        KeyRing([NEW]).unseal(sealed, PLACE)


def test_a_secret_does_not_open_in_another_place():
    ring = KeyRing([NEW])
    with pytest.raises(BrokenSeal):
        ring.unseal(ring.seal("token", PLACE), b"connections:8:access")


@pytest.mark.parametrize("position", [0, 12, 22, -1])
def test_a_changed_byte_anywhere_is_noticed(position):
    ring = KeyRing([NEW])
    sealed = bytearray(ring.seal("token", PLACE))
    sealed[position] ^= 1
    with pytest.raises(BrokenSeal):
        ring.unseal(bytes(sealed), PLACE)


def test_a_changed_key_id_opens_nothing():
    ring = KeyRing([NEW])
    sealed = bytearray(ring.seal("token", PLACE))
    sealed[3] ^= 1
    with pytest.raises(UnknownKey):
        ring.unseal(bytes(sealed), PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"token in clear", b"\x02" + b"x" * 60])
def test_what_is_no_sealed_value_is_refused(sealed):
    with pytest.raises(BrokenSeal):
        KeyRing([NEW]).unseal(sealed, PLACE)


def test_neither_keys_nor_secrets_show_in_a_repr():
    ring = KeyRing([NEW, OLD])
    assert repr(ring) == "<KeyRing of 2>"


def test_a_ring_without_keys_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        KeyRing([])

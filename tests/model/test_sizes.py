"""Sizes are read as operators write them, always binary, and shown so that they read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.sizes import LARGEST_BYTES, SMALLEST_BYTES, exact, parse_size, shown, typed

GIB = 1024**3


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        pytest.param("10Gi", 10 * GIB, id="Gi"),
        pytest.param("10G", 10 * GIB, id="G is binary too, as Ceph counts"),
        pytest.param("10GiB", 10 * GIB, id="GiB"),
        pytest.param("10gb", 10 * GIB, id="small letters"),
        pytest.param("1.5T", 1536 * GIB, id="a fraction"),
        pytest.param(" 500Mi ", 500 * 1024**2, id="blanks"),
    ],
)
def test_read(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "1e99",
        "10Gb5",
        "10",
        "",
        "Gi",
        "0Gi",
        "1K",
        "9999999P",
        "1000B",
        "10 Gi",
        "1_000Gi",
        "٣Gi",
        "10Gi; rm -rf /",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"size|quota"):
        parse_size(text)


@given(st.integers(SMALLEST_BYTES, LARGEST_BYTES))
def test_what_is_typed_for_a_size_reads_back_as_exactly_it(size_bytes: int) -> None:
    assert parse_size(typed(size_bytes)) == size_bytes


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (10 * GIB, "10 GiB"), (2**60, "1024.0 PiB")],
)
def test_shown(size_bytes: int, text: str) -> None:
    assert shown(size_bytes) == text


def test_what_is_approved_is_told_to_the_byte() -> None:
    assert exact(10 * GIB) == "10 GiB (10,737,418,240 bytes)"

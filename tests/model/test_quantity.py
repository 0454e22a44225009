"""Kubernetes quantities are exact numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.quantity import mebibytes, millicores, parse


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("250m", "0.25"),
        ("2", "2"),
        ("1500000n", "0.0015"),
        ("12u", "0.000012"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("5G", "5000000000"),
        ("1e3", "1000"),
        ("-1", "-1"),
        (".5", "0.5"),
    ],
)
def test_a_quantity_is_read(text: str, number: str) -> None:
    assert parse(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "10Gb5", "1e9999", "x", "1 Gi", "Gi", "--1", "1KI", "∞"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        parse(text)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return


def test_cpu_rounds_up_and_memory_down() -> None:
    assert millicores("1000001n") == 2
    assert mebibytes("2047Ki") == 1

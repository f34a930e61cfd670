"""Arithmetic of finite fields."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fabrics.family import ParameterError
from core.fabrics.finite_field import field, nearest_prime_powers, prime_power

SIZES = (2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27, 32, 49, 64, 81, 89)


@st.composite
def elements(draw, count: int):
    numbers = field(draw(st.sampled_from(SIZES)))
    return numbers, *(draw(st.integers(0, numbers.size - 1)) for _ in range(count))


@given(elements(3))
def test_laws(drawn):
    numbers, a, b, c = drawn
    add, multiply = numbers.add, numbers.multiply
    assert add[a, b] == add[b, a]
    assert multiply[a, b] == multiply[b, a]
    assert add[add[a, b], c] == add[a, add[b, c]]
    assert multiply[multiply[a, b], c] == multiply[a, multiply[b, c]]
    assert multiply[a, add[b, c]] == add[multiply[a, b], multiply[a, c]]
    assert add[a, 0] == a
    assert multiply[a, 1] == a


@given(elements(1))
def test_inverses(drawn):
    numbers, a = drawn
    assert numbers.add[a, numbers.negative[a]] == 0
    if a:
        assert numbers.multiply[a, numbers.inverse[a]] == 1


@pytest.mark.parametrize("size", SIZES)
def test_every_row_is_a_permutation_and_p_times_one_is_zero(size):
    numbers = field(size)
    everything = np.arange(size)
    assert (np.sort(numbers.add, axis=1) == everything).all()
    assert (np.sort(numbers.multiply[1:], axis=1) == everything).all()
    total = 0
    for _ in range(numbers.characteristic):
        total = numbers.add[total, 1]
    assert total == 0
    assert sorted(numbers.powers(range(size - 1))) == list(range(1, size))


def test_a_prime_field_counts_modulo_the_prime():
    a, b = np.indices((13, 13))
    assert (field(13).add == (a + b) % 13).all()
    assert (field(13).multiply == a * b % 13).all()


def test_field_of_nine():
    """x^2 + 1 has no root modulo 3, so x * x = -1 = 2 and (x + 1)(x + 2) = x^2 + 2 = 1."""
    numbers = field(9)
    assert numbers.modulus == (1, 0)
    assert numbers.multiply[3, 3] == 2
    assert numbers.multiply[4, 5] == 1


def test_tables_are_shared_and_cannot_be_written():
    assert field(8) is field(8)
    with pytest.raises(ValueError, match="read-only"):
        field(8).add[0, 0] = 1


@pytest.mark.parametrize(("size", "near"), [(6, (5, 7, 4)), (1, (2, 3, 4)), (15, (16, 13, 17))])
def test_no_prime_power(size, near):
    with pytest.raises(ParameterError, match="not a prime power") as caught:
        field(size)
    assert caught.value.nearest == near


@given(st.integers(-5, 3000))
def test_prime_powers(size):
    """Against the factors found one by one."""
    factors, rest, divisor = [], size, 2
    while rest > 1:
        while rest % divisor == 0:
            factors.append(divisor)
            rest //= divisor
        divisor += 1
    expected = (factors[0], len(factors)) if len(set(factors)) == 1 else None
    assert prime_power(size) == expected
    assert prime_power(nearest_prime_powers(size)[0])

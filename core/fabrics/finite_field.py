"""Finite fields: sums and products of the p^n elements of GF(p^n) as tables.

An element is a number; its digits to the base p are the coefficients of a polynomial over GF(p), the lowest
power first. Products are taken modulo an irreducible polynomial.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.fabrics.family import ParameterError
from core.fabrics.faults import listed

Elements = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Field:
    """A finite field.

    Attributes
    ----------
    size, characteristic : int
        q = p^n and p.
    modulus : tuple of int
        Coefficients of the irreducible polynomial below x^n, the lowest power first.
    add, multiply : ndarray of int64, shape (q, q)
        Read-only tables.
    negative, inverse : ndarray of int64, shape (q,)
        Read-only; `inverse[0]` is 0 and means nothing.
    primitive : int
        Smallest element whose powers are all elements but 0.

    Examples
    --------
    >>> field(5).multiply[3, 4]
    np.int64(2)
    >>> field(4).add[3, 1], field(4).multiply[2, 2]    # x + 1 + 1 = x, x * x = x + 1
    (np.int64(2), np.int64(3))
    """

    size: int
    characteristic: int
    modulus: tuple[int, ...]
    add: Elements
    multiply: Elements
    negative: Elements
    inverse: Elements
    primitive: int

    def powers(self, exponents: range) -> list[int]:
        """Return powers of the primitive element.

        Examples
        --------
        >>> field(5).powers(range(0, 4))
        [1, 2, 4, 3]
        """
        cycle = _cycle(self.multiply, self.primitive)
        return [cycle[exponent % len(cycle)] for exponent in exponents]


@cache
def field(size: int) -> Field:
    """Return the field of so many elements.

    Raises
    ------
    ParameterError
        If `size` is not a prime power.
    """
    base = prime_power(size)
    if base is None:
        near = nearest_prime_powers(size)
        raise ParameterError(
            f"{size} is not a prime power",
            cure=f"The nearest are: {', '.join(map(str, near))}",
            nearest=near,
        )
    p, n = base
    digits = np.arange(size)[:, None] // p ** np.arange(n) % p
    weights = p ** np.arange(n)
    add = (digits[:, None, :] + digits[None, :, :]) % p @ weights
    for low in range(size):
        modulus = digits[low]
        multiply = _products(digits, modulus, p) @ weights
        # The polynomial is irreducible exactly if there are no divisors of zero.
        if multiply[1:, 1:].all():
            break
    primitive = next(a for a in range(1, size) if len(_cycle(multiply, a)) == size - 1)
    negative, inverse = np.argmin(add, axis=1), np.argmax(multiply == 1, axis=1)
    for table in (add, multiply, negative, inverse):
        table.setflags(write=False)
    return Field(size, p, tuple(int(c) for c in modulus), add, multiply, negative, inverse, primitive)


def _products(digits: Elements, modulus: Elements, p: int) -> Elements:
    """Return the digits of all products, shape (q, q, n): the sum of a x^k over the digits k of b."""
    shifted, shifts = digits, []
    for _ in range(digits.shape[1]):
        shifts.append(shifted)
        top = shifted[:, -1:]
        # x^n is what is left of it modulo the polynomial: minus its lower terms.
        shifted = (np.concatenate([np.zeros_like(top), shifted[:, :-1]], axis=1) - top * modulus) % p
    products: Elements = np.einsum("bk,kan->abn", digits, np.stack(shifts)) % p
    return products


def _cycle(multiply: Elements, element: int) -> list[int]:
    """Return the powers of an element from 1 until they repeat."""
    cycle, power = [1], element
    while power != 1:
        cycle.append(power)
        power = int(multiply[power, element])
    return cycle


def prime_power(size: int) -> tuple[int, int] | None:
    """Return prime and exponent of a prime power, None for other numbers.

    Examples
    --------
    >>> prime_power(27), prime_power(12), prime_power(1)
    ((3, 3), None, None)
    """
    if size < 2:
        return None
    prime = next((d for d in range(2, int(size**0.5) + 1) if size % d == 0), size)
    exponent, rest = 0, size
    while rest % prime == 0:
        exponent, rest = exponent + 1, rest // prime
    return (prime, exponent) if rest == 1 else None


def nearest_prime_powers(size: int, low: int = 2, high: int = 1_000_000, most: int = 3) -> tuple[int, ...]:
    """Return the prime powers nearest to a number, the nearest first, within limits.

    Examples
    --------
    >>> nearest_prime_powers(6)
    (5, 7, 4)
    """
    found = []
    for value in _outwards(size, low, high):
        if prime_power(value):
            found.append(value)
        if len(found) == most:
            break
    return tuple(found)


def check_prime_power(family: str, q: int, low: int, high: int) -> None:
    """Make sure that there is a network of a family with the parameter q.

    Raises
    ------
    ParameterError
        If q is no prime power.
    """
    if prime_power(q):
        return
    near = nearest_prime_powers(q, low, high)
    raise ParameterError(
        f"there is a {family} only for prime powers q, and {q} is none",
        cure=f"The nearest: {listed(near)}",
        field="q",
        nearest=near,
    )


def _outwards(middle: int, low: int, high: int) -> Iterator[int]:
    for distance in range(high - low + 1 + max(low - middle, middle - high, 0)):
        for value in dict.fromkeys((middle - distance, middle + distance)):
            if low <= value <= high:
                yield value

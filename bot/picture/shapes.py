"""Shapes: grey masks with soft edges, through which a colour is laid. They are shared, so nobody may draw on them."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw

FINE = 4
"""Shapes are drawn this many times larger and reduced: Pillow's shapes have hard edges."""


@cache
def ring(radius: int, stroke: int) -> Image.Image:
    """A ring of an outer radius and a width."""
    size, inner = 2 * radius * FINE, stroke * FINE
    mask = Image.new("L", (size, size))
    draw = ImageDraw.Draw(mask)
    draw.ellipse((0, 0, size - 1, size - 1), fill=255)
    if stroke < radius:
        draw.ellipse((inner, inner, size - 1 - inner, size - 1 - inner), fill=0)
    return mask.reduce(FINE)


def disc(radius: int) -> Image.Image:
    """A filled circle."""
    return ring(radius, radius)


def quarter(radius: int, stroke: int, *, left: bool, top: bool) -> Image.Image:
    """A quarter of a ring: which one, `left` and `top` say."""
    x, y = 0 if left else radius, 0 if top else radius
    return ring(radius, stroke).crop((x, y, x + radius, y + radius))


@cache
def check(radius: int) -> Image.Image:
    """A check mark for a disc of a radius."""
    size = 2 * radius * FINE
    mask = Image.new("L", (size, size))
    points = [(0.28 * size, 0.52 * size), (0.44 * size, 0.67 * size), (0.73 * size, 0.36 * size)]
    draw, width = ImageDraw.Draw(mask), 8 * FINE
    draw.line(points, fill=255, width=width, joint="curve")
    for point in points:  # Pillow ends its lines square
        draw.circle(point, width // 2, fill=255)
    return mask.reduce(FINE)


def pill(width: int, height: int, inset: int = 0, part: float = 1) -> Image.Image:
    """A bar with round ends of the given size, its shape drawn `inset` pixels inside, to a `part` of its length."""
    mask = Image.new("L", (width * FINE, height * FINE))
    thick = height - 2 * inset
    length = thick + round((width - 2 * inset - thick) * part)
    box = (inset * FINE, inset * FINE, (inset + length) * FINE - 1, (height - inset) * FINE - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, thick * FINE // 2, fill=255)
    return mask.reduce(FINE)

"""A path as the picture takes it: groups of steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathStep:
    """One stop: its `number` on the path, from 1; whether it is `done`; whether it is the `next` one (at most one is).

    A step that is both done and next counts as done. Only the next one is shown with its `title`.
    """

    number: int
    done: bool
    next: bool
    title: str = ""

    @property
    def is_next(self) -> bool:
        """Whether it is the next one and still to be done."""
        return self.next and not self.done


@dataclass(frozen=True, slots=True)
class PathGroup:
    """A stage or a track: its title and its steps in order; a track may have none yet."""

    title: str
    steps: tuple[PathStep, ...]

    @property
    def done(self) -> int:
        """How many of its steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def next_step(self) -> PathStep | None:
        """The path's next step, if it is in this group."""
        return next((step for step in self.steps if step.is_next), None)

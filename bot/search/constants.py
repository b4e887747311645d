"""Every number that the search was tuned by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    """The constants of a search."""

    # Field weights
    title: float = 3.0
    title_length: float = 0.5
    alias: float = 3.0
    author: float = 6.0
    site: float = 3.0
    heading: float = 1.2
    summary: float = 1.2
    part: float = 0.8
    # Names
    name: float = 0.9
    name_coverage: float = 0.5
    name_partial: float = 0.8
    centrality_step: float = 0.08
    broader: float = 0.6
    # What a token may stand for
    stem: float = 0.97
    one_edit: float = 0.9
    two_edits: float = 0.8
    prefix: float = 0.7
    within: float = 0.7
    joined: float = 0.97
    acronym: float = 0.92
    acronym_within: float = 0.7
    one_edit_from: int = 5
    two_edits_from: int = 8
    prefix_from: int = 4
    # Weights of tokens
    name_specificity: float = 0.8
    title_specificity: float = 0.5
    soft: float = 0.3
    number: float = 0.3
    # Silence
    least_explained: float = 0.25
    against_unknown: float = 0.8
    summary_explains: float = 0.8
    general_edit: float = 0.8
    special: float = 0.9
    relative: float = 0.45
    # Re-ranking
    likeness: float = 0.06
    piece: float = 88.0
    early: float = 0.08
    # Messages
    message_context: float = 0.4
    # Bounds
    budget: int = 5_000

"""Every number that the search was tuned by. `python -m tests.benchmarks.weights` says what each is worth.

"Tuned" are the mean nDCG@5 on the lists econ, music, sre, cs and math; "other" that on five lists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    """The constants of a search. Field weights are in BM25F's odds: 1 is half of what a field can say."""

    title: float = 3.0
    """Field weight of the title, of what else people call a resource, and of its authors and site.
    At 2 other −.004, messages −.004; at 5 tuned +.002, other +.006."""
    title_length: float = 0.5
    """BM25F's b for titles: how much a long title dilutes its words. At 0.3 and 0.75 nothing moves by .002; at 0
    econ, music and sre −.008."""
    summary: float = 1.5
    """Field weight of the summary, the further links and the headings above. At 1.2 other −.002,
    tuned +.002."""
    part: float = 0.8
    """The share of the title's weight that a part of a word has: "gpt" in "GPT3". At 1 the reason for
    "fast api" is a part of "FastAPI", not the whole."""
    name: float = 0.9
    """Credit of a name for the document that is about nothing else. At 0.8 shipped −.003, other +.005."""
    name_coverage: float = 0.5
    """The share of a name's weight that must be asked for. At 0 "attention" is every topic with that word."""
    name_partial: float = 0.8
    """Score of a name with missing words, at most, times the square of its coverage. At 0 dev −.011; at 1 a message
    about batching is about "Serving LLMs"."""
    centrality_step: float = 0.08
    """What each further topic of a resource is worth less: what it is about before what it mentions. At 0 dev −.005."""
    broader: float = 0.6
    """What a topic's resources are worth to the topics that it is a part of. Off, shipped −.004."""
    stem: float = 0.97
    """Score of another form of the word, and of words written as one: "batches" must not beat "batching"."""
    one_edit: float = 0.9
    """Score of a word one edit away. At 0 other −.033, tuned −.019, dev −.024, mistyped titles −.035."""
    two_edits: float = 0.8
    """Score of a word two edits away. At 0 other −.009."""
    general_edit: float = 0.8
    """What an edit is worth if the typed word is one of the language. At 1 "close" is "cloze": shipped silence .985."""
    prefix: float = 0.7
    """Score of a word of which hardly a letter was typed, at its beginning or its end, or that hardly begins what was
    typed; rises to one edit's. At 0.8 precision −.007, general silence −.002."""
    acronym: float = 0.92
    """Score of the initials of a whole name: over one edit, since "ostep" is no typo of "step". At 0 tuned −.015."""
    acronym_within: float = 0.7
    """Score of the initials of a run of words inside a name. At 0 other −.043."""
    one_edit_from: int = 5
    """Letters that the longer of two words needs to be one edit from the other. At 4 "cost" is "lost"."""
    two_edits_from: int = 8
    """Letters from which a word bears two edits. At 7 "flights" is "weights"."""
    prefix_from: int = 4
    """Letters that begin a word. At 2 "at" means attention; at 6 "quant" means nothing."""
    name_specificity: float = 0.8
    """The least specificity of a word of a topic or heading. At 0.6 shipped +.002, tuned −.001."""
    title_specificity: float = 0.5
    """The least specificity of a word of a title. At 0.3 other −.006; at 0.7 precision −.003."""
    soft: float = 0.3
    """The share of its weight that a question word, kind or level adds by. At 0 tuned −.004, other −.007, dev −.006."""
    number: float = 0.3
    """The share of its weight that a number alone has. At 1 "gpt 5" finds nothing about GPT."""
    against_unknown: float = 0.8
    """The least ratio of what a hit explains to what the list does not know. At 0.6 silence −.07, general −.024; at
    0.9 tuned −.007, other −.005."""
    summary_explains: float = 0.8
    """How much a word that is in the summary alone explains. At 0.6 other −.005; at 1 general silence −.004."""
    special: float = 0.9
    """Specificity from which a known word excuses unknown ones. At 0 general silence −.006; over 1 tuned −.019."""
    relative: float = 0.44
    """The least share of the best score that is shown. At 0.5 precision +.015, shipped −.016; at 0.35 precision
    −.03."""
    likeness: float = 0.06
    """How much of a score is the likeness to the title. At 0.03 dev −.003; at 0.12 dev −.002, other +.008."""
    piece: float = 88.0
    """The likeness (0 to 100) from which a query is a piece of a title. At 92 two typos −.025."""
    message_context: float = 0.4
    """What the other sentences of a message add by. At 0.1 messages −.005."""
    budget: int = 10_000
    """Postings that one query reads, and other work in that unit; in a longer list as many as it has resources. A
    keystroke has a quarter."""

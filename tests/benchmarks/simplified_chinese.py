"""`python -m tests.benchmarks.simplified_chinese`: makes bot/search/words/zh-simplified.txt with OpenCC.

The table has each traditional character that has one simplified form, as OpenCC (https://github.com/BYVoid/OpenCC,
Apache License 2.0) converts it. Needs `pip install opencc`, which the bot itself does not: 7 MB on disk and 7 MB of
memory for what is a table of characters here.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

TABLE = Path(__file__).parents[2] / "bot" / "search" / "words" / "zh-simplified.txt"
HEAD = """\
# Traditional Chinese characters, each followed by its simplified form. Made by tests/benchmarks/simplified_chinese.py
# with OpenCC 1.4 (https://github.com/BYVoid/OpenCC), which is under the Apache License, Version 2.0.
"""


def main() -> None:
    from opencc import OpenCC  # type: ignore[import-not-found]

    convert = OpenCC("t2s").convert
    characters = map(chr, range(0x4E00, 0xA000))
    pairs = [one + simple for one in characters if (simple := convert(one)) != one and len(simple) == 1]
    TABLE.write_text(HEAD + textwrap.fill(" ".join(pairs), 100) + "\n", encoding="utf-8")
    print(f"{len(pairs)} characters")


if __name__ == "__main__":
    main()

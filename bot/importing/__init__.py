"""From any Markdown index to a catalog, and back again when the index changes.

file, folder --sources--> text --markdown--> blocks --drafting--> Draft --writing--> catalog.yaml
                                                                    └────sync────> edits of a catalog.yaml
"""

from bot.importing.indexes import Imported, import_index
from bot.importing.report import report

__all__ = ["Imported", "import_index", "report"]

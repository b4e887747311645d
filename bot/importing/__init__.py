"""From any Markdown index to a catalog, and back again when the index changes.

file, folder --sources--> text --markdown--> blocks --drafting--> Draft --writing--> catalog.yaml
                                                                    └────sync────> edits of a catalog.yaml
"""

from bot.importing.files import read_catalog_text, write_text
from bot.importing.indexes import Imported, import_index, sync_index
from bot.importing.report import report
from bot.importing.sync import Change, Synced, What

__all__ = [
    "Change",
    "Imported",
    "Synced",
    "What",
    "import_index",
    "read_catalog_text",
    "report",
    "sync_index",
    "write_text",
]

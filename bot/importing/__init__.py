"""From any Markdown index to a catalog, and back again when the index changes.

file, folder --sources--> text --markdown--> blocks --entries--> works --drafting--> Draft --writing--> catalog.yaml
                                                                                       └────sync────> edits of it
"""

from bot.importing.indexes import Imported, import_index, report, sync_index
from bot.importing.sources import read_catalog_text, write_text
from bot.importing.sync import Change, ChangeKind, Synced

__all__ = [
    "Change",
    "ChangeKind",
    "Imported",
    "Synced",
    "import_index",
    "read_catalog_text",
    "report",
    "sync_index",
    "write_text",
]

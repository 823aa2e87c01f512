"""What must survive: tables, migrations, repositories, backup. The only place that imports SQL packages."""

from storage.store import Storage, open_storage

__all__ = ["Storage", "open_storage"]

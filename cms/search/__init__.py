"""The editors' search in Chinese, on Wagtail's own database search (SQLite and PostgreSQL alike)."""

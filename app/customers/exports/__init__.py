"""The guest list as a file: columns by rights, rows as a stream, long ones in the background."""

from app.customers.exports.columns import Scope, columns_for
from app.customers.exports.models import Export
from app.customers.exports.services import FORMATS, ExportInput, NewExport

__all__ = ["FORMATS", "Export", "ExportInput", "NewExport", "Scope", "columns_for"]

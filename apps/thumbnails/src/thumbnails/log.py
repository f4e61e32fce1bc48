"""One line of JSON for each thing that happened, as CloudWatch Logs Insights reads it."""

from __future__ import annotations

import json


def log(level: str, message: str, **fields: object) -> None:
    """:param level: ``INFO``, ``WARN`` or ``ERROR``"""
    print(json.dumps({"level": level, "message": message, **fields}, ensure_ascii=False, default=str), flush=True)

"""The error of a Web API call, as Slack names it."""

from typing import Any


class ApiError(Exception):
    """Answered as {"ok": false, "error": code, **details}; HTTP status and headers differ only when throttled."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

"""The catalogue of log events, each with the fields it may carry. Nothing about persons.

What happens to a machtiging stands in its history, not here.
"""

from keys.kernel.log import Event

STARTED = Event("machtigen-started", frozenset({"omgeving"}))
LOGGED_IN = Event("logged-in", frozenset({"niveau"}))
LOGGED_OUT = Event("logged-out", frozenset({"by"}))
LOGIN_REFUSED = Event("login-refused", frozenset({"reason"}))
CODE_REFUSED = Event("code-refused", frozenset())
CODES_THROTTLED = Event("codes-throttled", frozenset({"scope"}))
NAME_UNAVAILABLE = Event("name-unavailable", frozenset({"reason"}))
REGISTERED = Event("registered", frozenset({"soort", "id"}))
CONTEST_JUDGED = Event("contest-judged", frozenset({"besluit"}))
TRANSLATED = Event("translated", frozenset({"naar", "doel", "aantal", "trace_id"}))
KEY_FILE_OPEN = Event("key-file-open-to-others", frozenset({"file"}))
UPKEEP_FAILED = Event("upkeep-failed", frozenset({"part", "error"}))

CATALOGUE = (
    STARTED,
    LOGGED_IN,
    LOGGED_OUT,
    LOGIN_REFUSED,
    CODE_REFUSED,
    CODES_THROTTLED,
    NAME_UNAVAILABLE,
    REGISTERED,
    CONTEST_JUDGED,
    TRANSLATED,
    KEY_FILE_OPEN,
    UPKEEP_FAILED,
)

"""The catalogue of log events, each with the fields it may carry. Nothing about persons."""

from keys.kernel.log import Event

STARTED = Event("machtigen-started", frozenset({"omgeving"}))
LOGGED_IN = Event("logged-in", frozenset({"niveau"}))
LOGGED_OUT = Event("logged-out", frozenset({"by"}))
LOGIN_REFUSED = Event("login-refused", frozenset({"reason"}))
CODE_REFUSED = Event("code-refused", frozenset())
CODES_THROTTLED = Event("codes-throttled", frozenset({"scope"}))
GRANTED = Event("machtiging-requested", frozenset({"initiatief"}))
CONFIRMED = Event("machtiging-confirmed", frozenset())
ENDED = Event("machtiging-ended", frozenset({"status"}))
NAME_UNAVAILABLE = Event("name-unavailable", frozenset({"reason"}))
REGISTERED = Event("registered", frozenset({"soort", "id"}))
UPKEEP_FAILED = Event("upkeep-failed", frozenset({"part", "error"}))

CATALOGUE = (
    STARTED,
    LOGGED_IN,
    LOGGED_OUT,
    LOGIN_REFUSED,
    CODE_REFUSED,
    CODES_THROTTLED,
    GRANTED,
    CONFIRMED,
    ENDED,
    NAME_UNAVAILABLE,
    REGISTERED,
    UPKEEP_FAILED,
)

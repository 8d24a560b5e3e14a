"""The catalogue of log events, each with the fields it may carry. Nothing about persons."""

from keys.kernel.log import Event

STARTED = Event("identiteit-started", frozenset({"omgeving"}))
LOGGED_IN = Event("logged-in", frozenset({"niveau"}))
LOGGED_OUT = Event("logged-out", frozenset({"partijen"}))
LOGIN_REFUSED = Event("login-refused", frozenset({"reason"}))
AUTHORIZE_REFUSED = Event("authorize-refused", frozenset({"error"}))
REGISTERED = Event("registered", frozenset({"soort"}))
TICKETS_ISSUED = Event("tickets-issued", frozenset({"soort", "aantal", "mislukt"}))
LOOKUPS_THROTTLED = Event("lookups-throttled", frozenset())
NAME_REFUSED = Event("name-refused", frozenset({"reason"}))
EVENT_TAKEN = Event("life-event-taken", frozenset({"soort"}))
EVENT_NOT_DELIVERED = Event(
    "life-event-not-delivered", frozenset({"ontvanger", "volgnummer", "fout", "dood"})
)
EVENTS_AGAIN = Event("life-events-delivered-again", frozenset({"ontvanger", "aantal"}))
EVENTS_IMPORTED = Event("life-events-imported", frozenset({"gelezen", "nieuw", "dubbel", "geweigerd"}))
TRANSLATED = Event("translated", frozenset({"naar", "doel", "aantal", "trace_id"}))
KEY_FILE_OPEN = Event("key-file-open-to-others", frozenset({"file"}))
UPKEEP_FAILED = Event("upkeep-failed", frozenset({"part", "error"}))

CATALOGUE = (
    STARTED,
    LOGGED_IN,
    LOGGED_OUT,
    LOGIN_REFUSED,
    AUTHORIZE_REFUSED,
    REGISTERED,
    TICKETS_ISSUED,
    LOOKUPS_THROTTLED,
    NAME_REFUSED,
    EVENT_TAKEN,
    EVENT_NOT_DELIVERED,
    EVENTS_AGAIN,
    EVENTS_IMPORTED,
    TRANSLATED,
    KEY_FILE_OPEN,
    UPKEEP_FAILED,
)

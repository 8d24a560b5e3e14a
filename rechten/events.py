"""The catalogue of log events, each with the fields it may carry. Nothing about persons."""

from keys.kernel.log import Event

STARTED = Event("rechten-started", frozenset({"omgeving"}))
REGISTERED = Event("registered", frozenset({"soort", "id"}))
PAUSED = Event("register-paused", frozenset({"register", "gepauzeerd"}))
KEY_OBTAINED = Event("register-key-obtained", frozenset({"register"}))
READ = Event("read", frozenset({"register", "doel", "trace_id"}))
READ_REFUSED = Event("read-refused", frozenset({"register", "reason", "trace_id"}))
TOKEN_REFUSED = Event("token-refused", frozenset({"register", "reason"}))
DELIVERED = Event("delivered", frozenset({"register", "aantal"}))
ENROLMENT_REFUSED = Event("enrolment-refused", frozenset({"register", "reason"}))
INSPECTED = Event("inspected", frozenset({"register"}))
INSPECTION_REFUSED = Event("inspection-refused", frozenset({"reason"}))
UNREACHABLE = Event("register-unreachable", frozenset({"register"}))
LOGGED_IN = Event("logged-in", frozenset())
LOGGED_OUT = Event("logged-out", frozenset({"by"}))
LOGIN_REFUSED = Event("login-refused", frozenset({"reason"}))
NAME_UNAVAILABLE = Event("name-unavailable", frozenset({"reason"}))
KEY_FILE_OPEN = Event("key-file-open-to-others", frozenset({"file"}))
UPKEEP_FAILED = Event("upkeep-failed", frozenset({"part", "error"}))
STORING_OPENED = Event("storing-opened", frozenset({"register", "trace_id"}))
STORING_NOT_NOTED = Event("storing-not-noted", frozenset({"register", "error"}))
STORING_STEP = Event("storing-step", frozenset({"register", "stap", "door"}))
OWN_ACT = Event("own-act", frozenset({"register", "soort"}))
PROPOSED = Event("arrangement-proposed", frozenset({"register", "trace_id"}))
PROPOSAL_REFUSED = Event("arrangement-refused", frozenset({"register", "reason", "trace_id"}))
PROPOSAL_ENDED = Event("arrangement-ended", frozenset({"register", "besluit"}))

CATALOGUE = (
    STARTED,
    REGISTERED,
    PAUSED,
    KEY_OBTAINED,
    READ,
    READ_REFUSED,
    TOKEN_REFUSED,
    DELIVERED,
    ENROLMENT_REFUSED,
    INSPECTED,
    INSPECTION_REFUSED,
    UNREACHABLE,
    LOGGED_IN,
    LOGGED_OUT,
    LOGIN_REFUSED,
    NAME_UNAVAILABLE,
    KEY_FILE_OPEN,
    UPKEEP_FAILED,
    STORING_OPENED,
    STORING_NOT_NOTED,
    STORING_STEP,
    OWN_ACT,
    PROPOSED,
    PROPOSAL_REFUSED,
    PROPOSAL_ENDED,
)

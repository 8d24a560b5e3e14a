"""Catalogue of log events: what may be logged, and with which fields. Nothing about persons exists here."""

from __future__ import annotations

from keys.kernel.log import Event

ACTOR_REGISTERED = Event("actor-registered", frozenset({"actor"}))
ACTOR_KEYS_REPLACED = Event("actor-keys-replaced", frozenset({"actor"}))
ACTOR_ENDED = Event("actor-ended", frozenset({"actor"}))
ACTOR_READMITTED = Event("actor-readmitted", frozenset({"actor"}))
EPOCH_REVOKED = Event("epoch-revoked", frozenset({"domein", "epoch"}))
DOEL_PUBLISHED = Event("doel-published", frozenset({"doel", "versie"}))
DOEL_ENDED = Event("doel-ended", frozenset({"doel"}))
DOMEIN_REGISTERED = Event("domein-registered", frozenset({"domein"}))
KEY_CERTIFIED = Event("domain-key-certified", frozenset({"domein", "epoch"}))
COMMITTED = Event("party-committed", frozenset({"partij", "domein", "epoch"}))
REFRESH_BEGUN = Event("share-refresh-begun", frozenset({"generatie"}))
NAMES_CARRIED = Event("share-refresh-names-recorded", frozenset({"generatie", "aantal"}))
REFRESH_GIVEN_UP = Event("share-refresh-given-up", frozenset({"generatie"}))
GENERATION_IN_USE = Event("share-generation-in-use", frozenset({"generatie"}))
GENERATION_SERVED = Event("share-generation-served", frozenset({"partij", "generatie"}))
GENERATION_REFUSED = Event("share-generation-refused", frozenset({"partij", "generatie"}))
GENERATION_ENDED = Event("share-generation-ended", frozenset({"partij", "generatie"}))
GEBRUIKSGROND_GRANTED = Event("gebruiksgrond-granted", frozenset({"gebruiksgrond", "van", "naar", "doel"}))
GEBRUIKSGROND_WITHDRAWN = Event("gebruiksgrond-withdrawn", frozenset({"gebruiksgrond"}))
TRANSLATED = Event("translated", frozenset({"partij", "stap", "van", "naar", "doel", "aantal"}))
TRANSLATION_REFUSED = Event("translation-refused", frozenset({"partij", "reden"}))
VOLUME_ALARM = Event("volume-alarm", frozenset({"partij", "gebruiksgrond", "aantal"}))
KEY_SHARES_ISSUED = Event("key-shares-issued", frozenset({"partij", "domein", "epoch"}))
KEY_FILE_OPEN = Event("key-file-open-to-others", frozenset({"file"}))
THROWAWAY_SHARES = Event("throwaway-shares-in-use", frozenset({"partij"}))

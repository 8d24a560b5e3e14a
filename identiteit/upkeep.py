"""What runs in the background, twice a second; quick when there is nothing to do."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta

import httpx2

from identiteit import events
from identiteit.deps import Services
from identiteit.inloggen.rules import name_for_package
from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.jws import sign, timestamp
from keys.kernel.oidc.relying_party import LOGOUT_EVENT

SWEEP_EVERY = timedelta(seconds=60)


class Upkeep:
    """One round of background work: log-out messages, keys, enrolment of names, sweeping."""

    def __init__(self, app: Services, http: httpx2.Client) -> None:
        self._app = app
        self._http = http
        self._swept: datetime | None = None
        self._busy = threading.Lock()

    def __call__(self) -> None:
        """Do what is due; quick when nothing is."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            now = self._app.now()
            self._app.inloggen.send_messages(self._send_logout, now)
            self._enrol_names()
            self._life_events(now)
            if self._swept is None or now - self._swept > SWEEP_EVERY:
                self._swept = now
                self._app.inloggen.sweep(now)
                self._app.weergave.sweep(now)
                self._app.bezorging.forget(now)
        finally:
            self._busy.release()

    def _life_events(self, now: datetime) -> None:
        rooms = self._app.gebeurtenissen
        for part in (rooms.apply_due, rooms.follow_age, rooms.renew_leases, self._app.bezorging.deliver):
            try:
                part(now)
            except Exception as error:  # noqa: BLE001 - one failing part is logged; the next round tries again
                self._app.log.emit(events.UPKEEP_FAILED, part="life-events", error=type(error).__name__)

    def _send_logout(self, client_id: str, sid: str) -> None:
        settings = self._app.settings
        url = {"machtigen": settings.machtigen_url, "rechten": settings.rechten_url}[client_id]
        now = self._app.now()
        claims = {
            "iss": settings.issuer,
            "aud": client_id,
            "iat": timestamp(now),
            "exp": timestamp(now + timedelta(seconds=120)),
            "jti": secrets.token_urlsafe(24),
            "sid": name_for_package("sid", sid, client_id),
            "events": {LOGOUT_EVENT: {}},
        }
        form = {"logout_token": sign(claims, self._app.key, typ="logout+jwt")}
        self._http.post(f"{url}/uitloggen/achterkanaal", data=form).raise_for_status()

    def _enrol_names(self) -> None:
        try:
            if not self._app.translation.ready():
                self._app.translation.obtain()
            waiting = self._app.personen.without_display()
            if waiting:
                seeds = self._app.personen.seeds(waiting)
                found = self._app.translation.display_pseudonyms(seeds)
                self._app.personen.enrol_display(list(zip(waiting, found, strict=True)))
        except (PeerUnavailable, TranslationRefused) as error:
            self._app.log.emit(events.UPKEEP_FAILED, part="names", error=type(error).__name__)

"""A PKCS#11 token as this package uses it: HMAC-SHA512 under keys that it holds and never gives away.

A key is a 64-byte generic secret: sensitive, not extractable, for signing only. Its label says what it
is: `<suite>|<party>|<share>|<name>`, with `|wegwerp` behind that of a throwaway share and `|g<g>` behind that
of a generation after the first. Keys of another length or with more rights than these are refused.

Whatever fails while a token is in use is KeyStoreUnavailable. The session is let go of, and the next
call opens a new one, with a library that is started anew when it no longer finds the token.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from keys.errors import KeyStoreUnavailable
from keys.kernel.jws.keyfile import KeyFileRefused, read_secret
from keys.pseudonyms.keystore import KeystoreRefused

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
    from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn
except ImportError:  # the extra `hsm` is not installed: a token is refused, the file store serves
    pkcs11 = None  # type: ignore[assignment]

T = TypeVar("T")

SECRET_BYTES = 64


@dataclass(frozen=True)
class TokenPlace:
    """Which token: the module (a shared library), the token's label, and the file with its PIN."""

    module: Path
    label: str
    pin_file: Path

    def pin(self) -> str:
        """Raises KeystoreRefused."""
        try:
            pin = read_secret(self.pin_file, limit=1024).decode("utf-8").strip()
        except (KeyFileRefused, UnicodeDecodeError) as error:
            raise KeystoreRefused(f"{self.pin_file} does not hold a PIN ({error})") from error
        if not pin:
            raise KeystoreRefused(f"{self.pin_file} does not hold a PIN")
        return pin


class _Module:
    """A loaded module. It is started for one thread at a time (C_Initialize without arguments), so all
    calls into it, for every token, go through one lock. `starts` counts how often it was started."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self.starts = 0
        self._path = str(path)

    def open(self, label: str, pin: str, *, writable: bool) -> Any:
        """A session, logged in. Raises PKCS11Error."""
        library = pkcs11.lib(self._path)
        try:
            token = library.get_token(token_label=label)
        except PKCS11Error:  # a token that came back is seen by a library that starts anew
            self.starts += 1
            library.reinitialize()
            token = library.get_token(token_label=label)
        try:
            return token.open(rw=writable, user_pin=pin)
        except UserAlreadyLoggedIn:  # another session of this process did
            return token.open(rw=writable)


_modules: dict[Path, _Module] = {}
_loading = threading.Lock()


def _module(path: Path) -> _Module:
    if pkcs11 is None:
        raise KeystoreRefused("the package python-pkcs11 is not installed; install machtigen[hsm]")
    with _loading:
        return _modules.setdefault(path, _Module(path))


class Token:
    """One token, in use by this process. Thread-safe."""

    def __init__(self, place: TokenPlace) -> None:
        self.place = place
        self._module = _module(place.module)
        self._session: Any = None
        self._started = 0
        self._keys: dict[str, Any] = {}
        self._refused_pin: str | None = None
        self.recheck: Callable[[], None] | None = None
        """Called each time that the token was opened; what it raises keeps it from being used."""

    def mac(self, label: str, message: bytes) -> bytes:
        """HMAC-SHA512 under the key with this label: 64 bytes, computed in the token.

        Raises KeyStoreUnavailable, also for a key that is no longer as it must be.
        """

        def sign() -> bytes:
            key = self._keys.get(label)
            if key is None:
                key = self._keys[label] = self._find(label)
            made: bytes = key.sign(message, mechanism=Mechanism.SHA512_HMAC)
            return made

        try:
            return self._do(sign)
        except KeystoreRefused as error:
            raise KeyStoreUnavailable from error

    def labels(self) -> set[str]:
        """The labels of all secret keys in the token. Raises KeyStoreUnavailable, KeystoreRefused."""

        def search() -> set[str]:
            wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY}
            return {str(key[Attribute.LABEL]) for key in self._session.get_objects(wanted)}

        return self._do(search)

    def check(self, label: str) -> None:
        """Raise KeystoreRefused unless there is one key with this label, and it is as it must be."""
        self._do(lambda: self._find(label))

    def put(self, secrets: Mapping[str, bytes]) -> None:
        """Make a key for each label, in a session of its own that may write: all of them, or none.

        Raises KeystoreRefused.
        """
        if any(len(secret) != SECRET_BYTES for secret in secrets.values()):
            raise KeystoreRefused(f"a key of {SECRET_BYTES} bytes is needed")
        with self._writing() as session:
            made = []
            try:
                for label, secret in secrets.items():
                    made.append(session.create_object({**_template(label), Attribute.VALUE: secret}))
            except PKCS11Error:
                for key in made:
                    key.destroy()
                raise

    def remove(self, labels: set[str]) -> None:
        """Destroy the keys with these labels. Raises KeystoreRefused."""
        with self._writing() as session:
            for label in labels:
                for key in list(session.get_objects({Attribute.LABEL: label})):
                    key.destroy()

    def close(self) -> None:
        """Let go of the session; the next call opens one."""
        with self._module.lock:
            session, self._session, self._keys = self._session, None, {}
            if session is not None:
                with contextlib.suppress(PKCS11Error):
                    session.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._module.lock:
            self.close()
            try:
                session = self._module.open(self.place.label, self.place.pin(), writable=True)
                try:
                    yield session
                finally:
                    session.close()
            except PKCS11Error as error:
                raise KeystoreRefused(
                    f"token {self.place.label} cannot be written ({type(error).__name__})"
                ) from error

    def _do(self, act: Callable[[], T]) -> T:
        with self._module.lock:
            if self._session is not None and self._started != self._module.starts:
                self._session, self._keys = None, {}  # ended when the library was started anew
            try:
                if self._session is None:
                    self._open()
                return act()
            except PKCS11Error as error:
                self.close()
                raise KeyStoreUnavailable from error

    def _open(self) -> None:
        pin = self.place.pin()
        if pin == self._refused_pin:  # a token locks itself after a few wrong ones
            raise KeystoreRefused(f"the PIN in {self.place.pin_file} is not that of {self.place.label}")
        try:
            self._session = self._module.open(self.place.label, pin, writable=False)
        except (PinIncorrect, PinLocked) as error:
            self._refused_pin = pin
            raise KeystoreRefused(
                f"the PIN in {self.place.pin_file} is not that of {self.place.label}"
            ) from error
        self._started = self._module.starts
        if self.recheck is not None:
            try:
                self.recheck()
            except Exception:  # whatever it is: no session stays open, and it goes on
                self.close()
                raise

    def _find(self, label: str) -> Any:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}
        found = list(self._session.get_objects(wanted))
        if len(found) != 1:
            raise KeystoreRefused(f"token {self.place.label} holds {len(found)} keys {label}, not one")
        if any(found[0][name] != value for name, value in _RIGHTS.items()):
            raise KeystoreRefused(f"key {label} may be used for more than HMAC, or may leave its token")
        length = found[0][Attribute.VALUE_LEN]
        if length != SECRET_BYTES:
            raise KeystoreRefused(f"key {label} has {length} bytes, not {SECRET_BYTES}")
        return found[0]


_RIGHTS: dict[Any, Any] = (
    {}
    if pkcs11 is None
    else {
        Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
        Attribute.VERIFY: False,
        Attribute.ENCRYPT: False,
        Attribute.DECRYPT: False,
        Attribute.WRAP: False,
        Attribute.UNWRAP: False,
        Attribute.DERIVE: False,
    }
)


def _template(label: str) -> dict[Any, Any]:
    return {
        **_RIGHTS,
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.TOKEN: True,
        Attribute.MODIFIABLE: False,
        Attribute.LABEL: label,
    }

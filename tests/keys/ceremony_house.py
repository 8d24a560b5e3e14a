"""A ceremony by the command line: three folders that only exchange files, as three organisations would."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from typer.testing import CliRunner, Result

from keys.__main__ import app
from keys.kernel.jws.keyfile import write_secret
from keys.pseudonyms.filestore import FileKeystore
from keys.pseudonyms.sealedfile import Lock
from keys.pseudonyms.shares import HOLDERS, PARTIES

Places = dict[str, tuple[object, ...]]


class Ceremony:
    """Runs the verbs; `messages` is what everybody may see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages = folder / "berichten"
        self.messages.mkdir(parents=True)
        self._runner = CliRunner()

    def run(self, *words: object) -> Result:
        return self._runner.invoke(app, ["ceremony", *map(str, words)])

    def say(self, name: str, *words: object) -> Path:
        """Run a verb and publish the message that it prints."""
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        path = self.messages / name
        path.write_text(result.stdout)
        return path

    def of(self, party: str) -> Path:
        return self.folder / party

    def key_file(self, party: str) -> Path:
        """The file that opens the party's store, made when it is asked for first."""
        path = self.folder / f"{party}.key"
        if not path.exists():
            write_secret(path, secrets.token_bytes(32))
        return path

    def store(self, party: str) -> FileKeystore:
        return FileKeystore.load(self.of(party), party, lock=Lock.from_key_file(self.key_file(party)))

    @property
    def parties_file(self) -> Path:
        return self.folder / "partijen.json"

    def make_signing_keys(self) -> None:
        public: dict[str, object] = {}
        for party in PARTIES:
            result = self.run("sleutel", party, "--map", self.of(party))
            assert result.exit_code == 0, result.output
            public |= json.loads(result.stdout)
        text = json.dumps(public)
        self.parties_file.write_text(text)
        for party in PARTIES:
            (self.of(party) / "partijen.json").write_text(text)

    def make_share(self, share: str, generation: int = 1) -> None:
        left, right = HOLDERS[share]
        end = "" if generation == 1 else f"-g{generation}"

        def say(kind: str, verb: str, party: str, *words: object) -> Path:
            more = ("--map", self.of(party), *([] if generation == 1 else ["--generatie", generation]))
            return self.say(f"{party}-{share}-{kind}{end}", verb, party, share, *words, *more)

        promises = {party: say("belofte", "begin", party) for party in (left, right)}
        both = ((left, right), (right, left))
        reveals = {party: say("onthulling", "onthul", party, promises[other]) for party, other in both}
        for party, other in both:
            say("slot", "voltooi", party, reveals[other])

    def all(self) -> Ceremony:
        self.make_signing_keys()
        self.make_generation()
        return self

    def make_generation(self, generation: int = 1, places: Places | None = None) -> None:
        """All shares of a generation; `places`: options for parties that keep them in no file."""
        for share in HOLDERS:
            self.make_share(share, generation)
        for party in PARTIES:
            words = (places or {}).get(party) or ("--bewaarsleutel-file", self.key_file(party))
            more = ("--map", self.of(party), "--generatie", generation)
            result = self.run("samen", party, *words, *more)
            assert result.exit_code == 0, result.output

    def verify(self, *files: Path) -> Result:
        chosen = files or sorted(self.messages.iterdir())
        return self.run("verify", *chosen, "--partijen", self.parties_file)

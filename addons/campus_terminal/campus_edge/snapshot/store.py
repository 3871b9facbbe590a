"""The snapshot on the disk: one full signed body, and the signed deltas after it.

Signatures are checked before a body is applied or stored, and again when the edge starts. So a card list
that was changed on the disk is rejected.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from campus_core.credentials import signing
from campus_core.credentials.signing import KeyRing
from campus_core.errors import WireError

from ..files import write_atomic
from .snapshot import Snapshot, parse

_logger = logging.getLogger(__name__)
FULL: Final = "full.snapshot"
CONFIRMED: Final = "confirmed"
CONFIRM_EVERY_MS: Final = 60_000
#: After so many deltas a full snapshot is requested, so that a start stays fast.
DELTAS_MAX: Final = 500
#: So many deltas after one that could not be stored.
DELTAS_AFTER_LOSS: Final = 3


class SnapshotStore:
    """Applies signed bodies to ``snapshot`` and keeps them in ``folder``.

    ``keys`` are the keys from the pairing; later keys come in snapshots.
    """

    def __init__(self, folder: Path, snapshot: Snapshot, keys: KeyRing) -> None:
        self._folder = folder
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.snapshot = snapshot
        self._paired = keys
        self._deltas = 0
        self._confirmed_ms = 0
        self._full_key = ""
        self._is_no_base = False

    @property
    def keys(self) -> KeyRing:
        """The keys that may sign the next body."""
        return self.snapshot.keys if self.snapshot.version else self._paired

    @property
    def since(self) -> int:
        """The version from which to request changes; 0 requests a full snapshot.

        That is also needed when the key that signed the stored full snapshot is retired, because it could
        not be verified after a restart.
        """
        outdated = self._deltas >= DELTAS_MAX or self.keys.find(self._full_key) is None or self._is_no_base
        return 0 if outdated else self.snapshot.version

    def take(self, signature: str, body: bytes, now_ms: int | None = None) -> set[int]:
        """Check, apply and store a body; return the cards whose leases have changed.

        Raises ``WireError`` (``key_unknown``, ``signature_invalid``, ``malformed``) and then changes
        nothing. With a full disk the body is applied but not stored.
        """
        signing.check_snapshot(self.keys, signature, body)
        update = parse(body)
        try:
            changed = self.snapshot.apply(update, now_ms)
        except WireError:
            # the delta does not fit to this list: ask for a full snapshot
            self._is_no_base = True
            raise
        self._is_no_base = False
        try:
            self._keep(signature, body, update.since)
        except OSError as error:
            _logger.warning("the snapshot cannot be stored: %s", error)
            # what is on the disk does not lead here any more: everything is requested again, a little later
            self._deltas = DELTAS_MAX - DELTAS_AFTER_LOSS
        return changed

    def confirm(self, now_ms: int) -> None:
        """Note and store that the server confirmed at ``now_ms`` that nothing has changed."""
        self.snapshot.confirm(now_ms)
        # also write when the clock was set back
        if abs(now_ms - self._confirmed_ms) >= CONFIRM_EVERY_MS:
            self._confirmed_ms = now_ms
            try:
                write_atomic(self._folder / CONFIRMED, f"{self.snapshot.version} {now_ms}".encode())
            except OSError as error:
                _logger.warning("the age of the snapshot cannot be stored: %s", error)

    def load(self) -> None:
        """Read the stored bodies as far as they are complete and signed; the rest is requested again."""
        try:
            self._load(self._folder / FULL)
            self._load_deltas()
            version, confirmed_ms = (self._folder / CONFIRMED).read_text("ascii").split()
            if int(version) == self.snapshot.version:
                self.snapshot.confirm(max(int(confirmed_ms), self.snapshot.confirmed_at_ms))
        except FileNotFoundError as error:
            _logger.info("not stored: %s", Path(error.filename).name)
        except (WireError, ValueError) as error:
            _logger.warning("a stored snapshot is not taken: %s", error)

    def _load_deltas(self) -> None:
        paths = self._delta_paths()
        for place, path in enumerate(paths):
            try:
                self._load(path)
                self._deltas = int(path.name.split(".")[1]) + 1
            except (WireError, ValueError):
                # what follows does not fit either, and would be in the way of what is requested instead
                for unfit in paths[place:]:
                    unfit.unlink()
                raise

    def _load(self, path: Path) -> None:
        header, _, body = path.read_bytes().partition(b"\n")
        signing.check_snapshot(self.keys, header.decode("ascii"), body)
        self.snapshot.apply(parse(body))
        if path.name == FULL:
            self._full_key = header.decode("ascii").partition(":")[0]

    def _keep(self, signature: str, body: bytes, since: int) -> None:
        content = signature.encode("ascii") + b"\n" + body
        if since:
            # several deltas may lead to one version: transactions that were open have ended since
            name = f"{self.snapshot.version:020d}.{self._deltas:06d}.delta"
            write_atomic(self._folder / name, content)
            self._deltas += 1
            return
        write_atomic(self._folder / FULL, content)
        self._full_key = signature.partition(":")[0]
        self._deltas = 0
        for path in self._delta_paths():
            path.unlink()

    def _delta_paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.delta"))

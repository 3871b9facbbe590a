"""Which key a reader's session uses: the one it has, the one it is to get, or at first the default key."""

from __future__ import annotations

from .osdp_config import ReaderConfig
from .osdp_secure import DEFAULT_KEY


class Keys:
    """The keys of one reader, tried in turns until it accepts one."""

    def __init__(self, config: ReaderConfig) -> None:
        keys = [config.key or DEFAULT_KEY]
        if config.key is not None and config.next_key is not None:
            # a power cut may have come between the change in the reader and in our files
            keys.append(config.next_key)
        if config.install:
            keys.append(DEFAULT_KEY)
        self._keys, self._at = keys, 0
        self._goal = None if config.key is None else config.next_key or config.key

    @property
    def current(self) -> bytes:
        """The key to try now."""
        return self._keys[self._at]

    @property
    def is_new(self) -> bool:
        """Whether the reader has the default key, and gets its own before anything else."""
        return self._at > 0 and self.current == DEFAULT_KEY

    @property
    def wanted(self) -> bytes | None:
        """The key to give the reader; None when it has that."""
        return self._goal if self.current != self._goal else None

    @property
    def is_changed(self) -> bool:
        """Whether the reader has another key than our file says."""
        return self._at > 0 and self.wanted is None

    def aim(self, key: bytes) -> None:
        """The reader is to get this key from now on."""
        self._goal = key
        if key not in self._keys:
            self._keys.append(key)

    def refused(self) -> None:
        """The reader does not know this key: try the next."""
        self._at = (self._at + 1) % len(self._keys)

    def given(self) -> None:
        """The reader has taken the wanted key."""
        if self._goal in self._keys:
            self._at = self._keys.index(self._goal)

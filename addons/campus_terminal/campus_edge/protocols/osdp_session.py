"""The session with one OSDP reader on the control panel's side: a table of steps up to polling.

========= ======== ========= =========================================================
step      sends    awaits    then
========= ======== ========= =========================================================
identify  ID       PDID      ability
ability   CAP      PDCAP     challenge with a key, status without one
challenge CHLNG    CCRYPT    prove, if the reader knows the key
prove     SCRYPT   RMAC_I    status; give_key under the default key
give_key  KEYSET   ACK       identify, from the beginning, with the reader's own key
status    LSTAT    LSTATR    run
run       POLL, or a command that waits
========= ======== ========= =========================================================

A session with a key never runs without encryption: a reader that refuses the key is ``sick``, and its
cards are ignored. The default key is used only with ``install``, and only to give the reader its own key.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from . import osdp_codes as codes
from . import osdp_feedback
from . import osdp_steps as steps
from .base import LOST, OPENING, SICK, Feedback
from .osdp_config import ReaderConfig
from .osdp_feedback import Command
from .osdp_frame import Frame
from .osdp_keys import Keys
from .osdp_reports import Reports
from .osdp_secure import KEY_BYTES, RANDOM_BYTES, SecureChannel

TRIES_MAX: Final = 3
#: Pauses before a session begins again.
RETRIES_MS: Final = (100, 1_000, 2_000, 4_000, 8_000)


class Session:
    """The state of one reader's session. The bus calls it; ``due_ms`` is when it will send again."""

    _step: str
    _sequence: int
    #: The last frame sent, while its answer is awaited.
    _sent: bytes | None
    _channel: SecureChannel | None
    _cryptogram: bytes

    def __init__(self, config: ReaderConfig, random_bytes: Callable[[int], bytes]) -> None:
        self.config: Final = config
        self.due_ms = 0
        self.capabilities: dict[int, int] = {}
        #: Vendor, model, version, serial number and firmware from the reader, in hex.
        self.identity = ""
        #: The address and speed that the reader has confirmed.
        self.moved_to: tuple[int, int] | None = None
        self.reports: Final = Reports(uid_reversed=config.uid_reversed)
        self._random_bytes = random_bytes
        self._queue: deque[Command] = deque(maxlen=steps.QUEUE_MAX)
        self._failures = 0
        self._keys = Keys(config)
        #: The session begins again because the reader has a new key: what it has stored is not old.
        self._is_planned = False
        self._last_code = 0
        self._status_ms = self._inputs_ms = 0
        self._asks_inputs = False
        self._restart()

    @property
    def _has_inputs(self) -> bool:
        return self.config.has_inputs and codes.CAP_INPUT in self.capabilities

    @property
    def is_secure(self) -> bool:
        """Whether the secure channel is open."""
        return self._channel is not None and self._channel.active

    def reset(self) -> None:
        """Begin with the first step: the line was opened again."""
        self._restart()
        self._queue.clear()
        self.due_ms = 0
        self._failures = 0
        self.reports.set_state(OPENING)

    def show(self, feedback: Feedback) -> None:
        """Queue ``feedback`` for the next turns; it replaces waiting feedback, but no lasting command."""
        lasting = [command for command in self._queue if osdp_feedback.is_lasting(command)]
        self._queue.clear()
        if self._step == steps.RUN:
            config = self.config
            self._queue.extend([*lasting, *osdp_feedback.commands(feedback, self.capabilities, config)])

    def rekey(self, key: bytes) -> None:
        """Give the reader another key, now or as soon as it is ready; nothing it reports is lost by that."""
        self._keys.aim(key)
        if self._step == steps.RUN:
            self._give_key()

    def move(self, address: int, baud: int) -> None:
        """Set address and speed of a ready reader; ``moved_to`` has what the reader confirms."""
        self._queue.append(Command(codes.COMSET, bytes([address]) + baud.to_bytes(4, "little")))

    def next_frame(self, now_ms: int) -> bytes:
        """Return the frame to send now: the last one again, or the next command."""
        if self._sent is None:
            command = self._next_command(now_ms)
            self._last_code = command.code
            # the sequence is 0 for a new session, then 1, 2, 3, 1, 2, ...
            self._sequence = self._sequence % 3 + 1 if self._sequence >= 0 else 0
            self._sent = steps.encode(command, self.config, self._channel, self._sequence)
        return self._sent

    def on_frame(self, frame: Frame, now_ms: int) -> bool:
        """Handle a frame of this reader; False when it does not answer the last command."""
        if self._sent is None:
            return False
        if frame.code == codes.BUSY and not frame.block:
            self._on_busy(now_ms)
            return True
        # a NAK about the sequence may have another sequence number
        if frame.sequence != self._sequence and frame.code != codes.NAK:
            return False
        data = self._plain(frame)
        if data is None:
            self.reports.noise("not_secure")
            self._retreat(now_ms, SICK, "secure channel broken")
            return True
        self._sent, self._tries, self._busy = None, 0, 0
        self.due_ms = now_ms
        self._on_reply(frame, data, now_ms)
        if self._step == steps.RUN and not self._queue:
            self.due_ms += self.config.poll_every_ms
        return True

    def on_silence(self, now_ms: int) -> None:
        """Repeat the command or give the reader up: the answer did not come in time."""
        self._tries += 1
        # only one try for a reader that may be absent, because the others on the line wait
        if self._tries >= (TRIES_MAX if self._step != steps.IDENTIFY else 1):
            self._retreat(now_ms, LOST, "no answer")

    # -- sending ------------------------------------------------------------------------

    def _next_command(self, now_ms: int) -> Command:
        if self._step in steps.SENDS:
            return steps.SENDS[self._step]
        if self._step == steps.CHALLENGE:
            self._channel = SecureChannel(
                self._keys.current,
                self._random_bytes(RANDOM_BYTES),
                use_crc=self.config.use_crc,
            )
            return Command(codes.CHLNG, self._channel.rnd_a)
        if self._step == steps.PROVE:
            return Command(codes.SCRYPT, self._cryptogram)
        if self._step == steps.GIVE_KEY:
            return self._key_command()
        if now_ms - self._status_ms >= steps.STATUS_EVERY_MS:
            self._status_ms = now_ms
            return Command(codes.LSTAT)
        if self._asks_inputs and not self._queue and now_ms - self._inputs_ms >= steps.INPUTS_EVERY_MS:
            self._inputs_ms = now_ms
            return Command(codes.ISTAT)
        return self._queue.popleft() if self._queue else Command(codes.POLL)

    # -- receiving ----------------------------------------------------------------------

    def _plain(self, frame: Frame) -> bytes | None:
        """Return a reply's data; None when the secure channel does not authenticate it."""
        if self._channel is None or not self._channel.active:
            return None if frame.is_sealed else frame.data
        # An unencrypted reply, also a NAK, is not authenticated: a forged one only causes a new handshake.
        return self._channel.open_frame(frame) if frame.is_sealed else None

    def _on_reply(self, frame: Frame, data: bytes, now_ms: int) -> None:
        if frame.code == codes.NAK:
            self._on_nak(data[0] if data else 0, now_ms)
        elif self._step == steps.RUN and frame.code == codes.COM and len(data) == steps.COM_BYTES:
            self.moved_to = (data[0], int.from_bytes(data[1:], "little"))
        elif self._step == steps.RUN and self._last_code == codes.KEYSET and frame.code == codes.ACK:
            self._on_key_taken(frame, data, now_ms)
        elif self._step == steps.RUN:
            self.reports.take(frame.code, data, now_ms)
        elif frame.code == steps.AWAITS[self._step]:
            _STEP_REPLIES[self._step](self, frame, data, now_ms)
        else:
            self._retreat(now_ms, SICK, f"unexpected reply {frame.code:02x}")

    def _on_busy(self, now_ms: int) -> None:
        self._busy += 1
        self._tries = 0
        self.due_ms = now_ms + steps.BUSY_PAUSE_MS
        if self._busy > steps.BUSY_MAX:
            self._retreat(now_ms, SICK, "always busy")

    def _on_nak(self, reason: int, now_ms: int) -> None:
        detail = codes.NAK_REASONS.get(reason, f"reason {reason}")
        if self._step in (steps.CHALLENGE, steps.PROVE):
            self._refuse_key(now_ms, detail)
        elif self._step == steps.ABILITY:
            self._after_ability()
        elif self._step == steps.STATUS and reason not in codes.NAK_RESTARTS:
            # a reader without LSTAT reports tamper when it is polled, or never
            self._run(now_ms)
        elif self._step == steps.RUN and self._last_code == codes.ISTAT:
            # it does not say its inputs when asked; it reports them when they change
            self._asks_inputs = reason in codes.NAK_RESTARTS
        else:
            self.reports.noise("nak")
            if self._step != steps.RUN or reason in codes.NAK_RESTARTS:
                self._retreat(now_ms, SICK, detail)

    def _on_identity(self, frame: Frame, data: bytes, now_ms: int) -> None:
        self.identity = data.hex()
        self._step = steps.ABILITY

    def _on_ability(self, frame: Frame, data: bytes, now_ms: int) -> None:
        entries = zip(data[::3], data[1::3], data[2::3], strict=False)
        self.capabilities = {function: level for function, level, _count in entries if level}
        self._after_ability()

    def _after_ability(self) -> None:
        self._step = steps.STATUS if self.config.key is None else steps.CHALLENGE

    def _on_challenge(self, frame: Frame, data: bytes, now_ms: int) -> None:
        ours = self._channel.server_cryptogram(data) if self._channel else None
        if ours is None:
            self._refuse_key(now_ms, "another key")
        else:
            self._cryptogram, self._step = ours, steps.PROVE

    def _on_proof(self, frame: Frame, data: bytes, now_ms: int) -> None:
        if self._channel is None or not self._channel.activate(data, frame.block):
            self._refuse_key(now_ms, "another key")
        else:
            self._step = steps.GIVE_KEY if self._keys.is_new else steps.STATUS

    def _on_key_taken(self, frame: Frame, data: bytes, now_ms: int) -> None:
        self._keys.given()
        self._is_planned = self._step == steps.RUN
        self._restart()

    def _give_key(self) -> None:
        if self.is_secure and self._keys.wanted is not None:
            self._queue.append(self._key_command())

    def _key_command(self) -> Command:
        return Command(codes.KEYSET, bytes([1, KEY_BYTES]) + (self._keys.wanted or b""))

    def _on_first_status(self, frame: Frame, data: bytes, now_ms: int) -> None:
        self.reports.take(frame.code, data, now_ms)
        self._run(now_ms)

    def _run(self, now_ms: int) -> None:
        self._step, self._failures, self._status_ms = steps.RUN, 0, now_ms
        self._inputs_ms, self._asks_inputs = now_ms - steps.INPUTS_EVERY_MS, self._has_inputs
        self.reports.begin(now_ms, is_planned=self._is_planned)
        self._is_planned = False
        if self._keys.is_changed:
            self.reports.rekeyed()
        self._give_key()

    def _refuse_key(self, now_ms: int, detail: str) -> None:
        self._keys.refused()
        self._retreat(now_ms, SICK, f"secure channel refused: {detail}")

    # -- going back ----------------------------------------------------------------------

    def _restart(self) -> None:
        self._step = steps.IDENTIFY
        self._sequence = -1
        self._sent = None
        self._tries = self._busy = 0
        self._channel = None
        self._cryptogram = b""

    def _retreat(self, now_ms: int, state: str, detail: str) -> None:
        self._restart()
        self._is_planned = False
        self._queue.clear()
        self.due_ms = now_ms + RETRIES_MS[min(self._failures, len(RETRIES_MS) - 1)]
        self._failures += 1
        self.reports.set_state(state, detail)


_STEP_REPLIES: Final[Mapping[str, Callable[[Session, Frame, bytes, int], None]]] = {
    steps.IDENTIFY: Session._on_identity,
    steps.ABILITY: Session._on_ability,
    steps.CHALLENGE: Session._on_challenge,
    steps.PROVE: Session._on_proof,
    steps.GIVE_KEY: Session._on_key_taken,
    steps.STATUS: Session._on_first_status,
}

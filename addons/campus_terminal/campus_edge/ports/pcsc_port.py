"""Smart-card readers by PC/SC (``pcscd``): desk readers on USB such as the ACR122U.

Needs the extra ``pcsc`` of the package (pyscard) and a running ``pcscd``. The service's own calls
have deadlines, except ``SCardTransmit``: there the reader's driver gives up after a few seconds. Only
this port's thread waits for them.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any, Final

from ..protocols import apdu
from ..protocols.base import AGAIN, GRANTED, READY, REFUSED, Event, Feedback, Noise, ReaderState, of_uid
from ..protocols.presence import Presence
from .backoff import Backoff
from .base import Port, PortFault, Sink, now_ms

_logger = logging.getLogger(__name__)

#: Longest wait for a card before the thread checks for feedback and stop; a card ends the wait at once.
WAIT_MS: Final = 250
#: ATR of a card without files (PC/SC part 3, 3.1.3.2.3): only its UID can be read.
STORAGE_CARD: Final = bytes.fromhex("4F0CA000000306")
TORN: Final = "torn"
NAMELESS: Final = "nameless"


class PcscPort(Port):
    """Watches the first reader whose name contains ``reader`` (any case); empty: the first reader."""

    def __init__(
        self,
        name: str,
        sink: Sink,
        reader: str = "",
        reads_sun: bool = True,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(name, sink, backoff)
        self._wanted, self._reads_sun = reader.lower(), reads_sun
        # the service reports when a card leaves, so there is no timeout
        self._presence = Presence(hold_ms=1 << 60)
        self._scard: Any = None
        self._context: Any = None

    def _serve(self) -> None:
        try:
            self._scard = importlib.import_module("smartcard.scard")
        except ImportError as error:
            raise PortFault("pyscard is missing: pip install 'campus-card[pcsc]'") from error
        result, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_USER)
        self._expect(result, "no PC/SC service")
        self._context = context
        try:
            reader = self._find()
            self._watch(reader)
        finally:
            self._emit(*self._presence.gone())
            self._context = None
            self._scard.SCardReleaseContext(context)

    def _find(self) -> str:
        result, readers = self._scard.SCardListReaders(self._context, [])
        if result == self._scard.SCARD_E_NO_READERS_AVAILABLE:
            readers = []
        else:
            self._expect(result, "readers")
        found = next((reader for reader in readers if self._wanted in reader.lower()), None)
        if found is None:
            raise PortFault(f"no reader named like {self._wanted!r}" if self._wanted else "no reader")
        return str(found)

    def _watch(self, reader: str) -> None:
        scard, known = self._scard, self._scard.SCARD_STATE_UNAWARE
        quiet = (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED)
        while not self._stopping.is_set():
            result, states = scard.SCardGetStatusChange(self._context, WAIT_MS, [(reader, known)])
            if result not in quiet:
                self._expect(result, "reader")
                _, state, atr = states[0]
                if state & (scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN):
                    raise PortFault("the reader was unplugged")
                self._emit(*self._changed(reader, known, state, bytes(atr)))
                if known == scard.SCARD_STATE_UNAWARE:
                    self._emit(ReaderState(READY, reader))
                known = state & ~scard.SCARD_STATE_CHANGED
            self._lamps(reader)
            self._emit()

    def _changed(self, reader: str, before: int, state: int, atr: bytes) -> list[Event]:
        """Return the events of a state change; the state's upper half counts cards, so quick changes show."""
        scard = self._scard
        is_there = bool(state & scard.SCARD_STATE_PRESENT) and not state & scard.SCARD_STATE_MUTE
        was_there = bool(before & scard.SCARD_STATE_PRESENT) and not before & scard.SCARD_STATE_MUTE
        if is_there and was_there and before >> 16 == state >> 16:
            return []
        events = self._presence.gone()
        if not is_there or before == scard.SCARD_STATE_UNAWARE:
            # a card at the first look was there before, see protocols.presence
            return events
        return events + self._visit(reader, atr)

    def _visit(self, reader: str, atr: bytes) -> list[Event]:
        try:
            credential = self._read(reader, atr)
        except PortFault as fault:
            _logger.debug("reader %s: %s", self.name, fault)
            return [Noise(TORN)]
        if credential is None:
            return [Noise(NAMELESS)]
        return self._presence.seen(credential, now_ms())

    def _read(self, reader: str, atr: bytes) -> str | None:
        """Return the credential of the card on the reader; ``PortFault`` when it left too early."""
        handle, protocol = self._connect(reader)
        try:
            answer = self._transmit(handle, protocol, apdu.GET_UID)
            raw_uid = answer[:-2] if answer[-2:] == apdu.OK else b""
            if not self._reads_sun or STORAGE_CARD in atr:
                return of_uid(raw_uid)
            return apdu.run(
                apdu.read_credential(raw_uid), lambda command: self._transmit(handle, protocol, command)
            )
        finally:
            self._scard.SCardDisconnect(handle, self._scard.SCARD_LEAVE_CARD)

    def _connect(self, reader: str) -> tuple[Any, int]:
        scard = self._scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, protocol = scard.SCardConnect(
            self._context, reader, scard.SCARD_SHARE_SHARED, protocols
        )
        self._expect(result, "card")
        return handle, protocol

    def _transmit(self, handle: Any, protocol: int, command: bytes) -> bytes:
        result, answer = self._scard.SCardTransmit(handle, protocol, list(command))
        self._expect(result, "card")
        if len(answer) < 2:
            # some drivers report no error when a card leaves during an answer
            raise PortFault("card: no status word")
        # pyscard may give signed bytes
        return bytes(byte & 0xFF for byte in answer)

    def _lamps(self, reader: str) -> None:
        """Show the waiting feedback; an ACR122U can do that only while a card is on it."""
        feedback = None
        while (newer := self._next_feedback()) is not None:
            feedback = newer
        if feedback is None or "ACR122" not in reader or self._presence.credential is None:
            return
        try:
            handle, protocol = self._connect(reader)
            self._transmit(handle, protocol, acr122_lamps(feedback))
            self._scard.SCardDisconnect(handle, self._scard.SCARD_LEAVE_CARD)
        except PortFault as fault:
            _logger.debug("reader %s shows nothing: %s", self.name, fault)

    def _expect(self, result: int, what: str) -> None:
        if result != self._scard.SCARD_S_SUCCESS:
            raise PortFault(f"{what}: {self._scard.SCardGetErrorMessage(result)}")

    def _wake(self) -> None:
        context, scard = self._context, self._scard
        if context is not None and scard is not None:
            scard.SCardCancel(context)


def acr122_lamps(feedback: Feedback) -> bytes:
    """Return the ACR122U's command for lamps and buzzer (its API document 2.04, section 6.2).

    Green and a short tone when granted, red and a long one when refused, both lamps while asking.
    The tone's length is in steps of 100 ms.
    """
    both, green, red = 0x0F, 0x0E, 0x0D
    state = {GRANTED: green, REFUSED: red, AGAIN: red}.get(feedback.outcome, both)
    tone = {GRANTED: 1, REFUSED: 5, AGAIN: 2}.get(feedback.outcome, 0)
    return bytes([0xFF, 0x00, 0x40, state, 0x04, tone, 0x00, 1 if tone else 0, 1 if tone else 0])

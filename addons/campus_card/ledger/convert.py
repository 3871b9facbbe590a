"""Requests and answers: dicts outside the ledger and in its register, types of the core inside."""

from ..campus_core.ledger import types as lt


def to_post(request):
    """A request of ``campus.ledger._post`` as a type of the core; an unknown kind is a ``ValueError``."""
    if request["kind"] not in lt.KINDS:
        raise ValueError(f"no kind of posting {request['kind']!r}")
    return lt.Post(
        uuid=str(request["uuid"]),
        kind=request["kind"],
        wallet_id=request["wallet_id"],
        account_id=request["account_id"],
        amount_minor=request["amount_minor"],
        plan=request.get("plan"),
        expires_on=request.get("expires_on") or None,
        card_id=request.get("card_id") or None,
        settle=bool(request.get("settle")),
        attempt=request.get("attempt", 0),
        pin_given=bool(request.get("pin_given")),
    )


def to_reserve(request):
    """A request of ``campus.ledger._reserve`` as a type of the core."""
    return lt.Reserve(
        uuid=str(request["uuid"]),
        wallet_id=request["wallet_id"],
        account_id=request["account_id"],
        amount_minor=request["amount_minor"],
        card_id=request.get("card_id") or None,
        attempt=request.get("attempt", 0),
        pin_given=bool(request.get("pin_given")),
    )


def to_capture(request):
    """A request of ``campus.ledger._capture`` as a type of the core."""
    return lt.Capture(str(request["uuid"]), request.get("amount_minor"))


def to_release(request):
    """A request of ``campus.ledger._release`` as a type of the core."""
    return lt.Release(str(request["uuid"]), request.get("state", lt.RESERVATION_RELEASED))


def to_reverse(request):
    """A request of ``campus.ledger._reverse`` as a type of the core."""
    return lt.Reverse(str(request["uuid"]), str(request["reverses_uuid"]), request.get("amount_minor"))


def check_amounts(typed):
    """Raise ``TypeError`` where an amount is not whole cents."""
    for request in typed:
        amount = getattr(request, "amount_minor", None)
        if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool)):
            raise TypeError(f"amount_minor is whole cents, not {amount!r}")


def to_answer(outcome, transfer_ids):
    """An outcome of the core as the dict that callers get and the register keeps.

    :param transfer_ids: ``{(uuid, verb): ids}`` of the transfers that were stored for it
    """
    return {
        "uuid": outcome.uuid,
        "ok": outcome.ok,
        "code": outcome.code,
        "numbers": dict(outcome.numbers),
        "wallet_id": outcome.wallet_id,
        "amount_minor": outcome.amount_minor,
        "balance_before_minor": outcome.before_minor,
        "balance_after_minor": outcome.after_minor,
        "pockets": [
            {"plan": p.plan, "account_id": p.account_id, "amount_minor": p.amount_minor}
            for p in outcome.parts
        ],
        "transfer_ids": list(outcome.transfer_ids) or transfer_ids.get((outcome.uuid, outcome.verb), []),
        "verb": outcome.verb,
    }


def to_outcome(answer):
    """A stored answer as an outcome of the core."""
    return lt.Outcome(
        uuid=answer["uuid"],
        code=answer["code"],
        wallet_id=answer["wallet_id"],
        amount_minor=answer["amount_minor"],
        before_minor=answer["balance_before_minor"],
        after_minor=answer["balance_after_minor"],
        parts=tuple(lt.Part(p["account_id"], p["plan"], p["amount_minor"]) for p in answer["pockets"]),
        numbers=tuple(sorted(answer["numbers"].items())),
        verb=answer["verb"],
        transfer_ids=tuple(answer["transfer_ids"]),
    )

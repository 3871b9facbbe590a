"""The values of the wire contract as JSON Schema. Bounds are those of ``campus_core``."""

from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.devices import heartbeat
from odoo.addons.campus_card.campus_core.money import MAX_MINOR
from odoo.addons.campus_card.campus_core.taps import wire

INT8 = (1 << 53) - 1
UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
KEY = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$", "description": "32 bytes, base64url"}
# text that every database stores: neither NUL nor half of a surrogate pair
TEXT = r"^[^\u0000]*$"
PRINTABLE = r"^[^\u0000-\u001f\u007f-\u00a0\u00ad\u2028-\u202f]*$"


def ref(name):
    """Reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def whole(low=0, high=INT8, **more):
    """A whole number within bounds."""
    return {"type": "integer", "minimum": low, "maximum": high, **more}


def text(longest, pattern=TEXT, **more):
    """Text up to a length."""
    return {"type": "string", "maxLength": longest, "pattern": pattern, **more}


def optional(schema):
    """The value or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def obj(required, **properties):
    """An object; ``required`` names, separated by spaces, are always there."""
    return {"type": "object", "properties": properties, "required": required.split()}


def row(*schemas):
    """A list with one value per column."""
    return {"type": "array", "prefixItems": list(schemas), "items": False, "minItems": len(schemas)}


def rows(*columns):
    """Any number of lists with a value per column, for reading only: columns are told in words."""
    width = len(columns)
    values = {"type": "array", "minItems": width, "maxItems": width, "description": ", ".join(columns)}
    return {"type": "array", "items": values}


ENTRY = row(
    whole(1, description="seq"),
    {"enum": sorted(wire.KINDS)},
    UUID,
    text(32, description="terminal"),
    whole(0, 4_102_444_800_000, description="at_ms"),
    {"enum": sorted(wire.PURPOSES)},
    text(1024, description="credential"),
    optional(whole(1, (1 << 31) - 1, description="card")),
    optional(whole(-MAX_MINOR - 1, MAX_MINOR, description="amount_minor")),
    {"enum": sorted(wire.MODES)},
    {"enum": [*sorted(wire.OUTCOMES), None]},
    optional(text(64, description="code")),
    optional(text(200, description="rule")),
    whole(0, description="snapshot"),
)
READER = obj(
    "terminal state",
    terminal=text(32),
    state={"enum": list(heartbeat.READER_STATES)},
    detail=text(200),
)
LOST = obj(
    "journal first_seq last_seq",
    journal=UUID,
    first_seq=whole(1, INT8),
    last_seq=whole(1, INT8),
)
GAPS = {"type": "array", "items": LOST}
LOCKDOWN = obj(
    "number zone",
    number=whole(1, (1 << 31) - 1),
    zone=whole(1, (1 << 31) - 1),
    level={"enum": ["staff", "nobody"]},
    is_drill={"type": "boolean"},
)
KEYS = {
    "type": "array",
    "items": obj(
        "id public state", id={"type": "string"}, public=KEY, state={"enum": ["current", "previous"]}
    ),
}
TERMINAL = obj(
    "code name purpose amount_mode amount_minor enabled",
    code=text(32),
    name={"type": "string"},
    purpose={"enum": sorted(wire.PURPOSES)},
    amount_mode={"enum": ["fixed", "keyed", "sent"]},
    amount_minor=whole(0, MAX_MINOR),
    enabled={"type": "boolean"},
)
NOW = {"server_time_ms": whole(description="milliseconds since 1970 UTC by the server's clock")}

SCHEMAS = {
    "Refusal": obj(
        "code message server_time_ms",
        code={"enum": sorted(errors.CODES)},
        message={"type": "string"},
        field={"type": "string", "description": "which value is malformed"},
        head_seq=whole(),
        head_hash=HASH,
        retry_after_ms=whole(),
        **NOW,
    ),
    "Entry": ENTRY,
    "Taps": obj(
        "journal head_seq prev entries",
        journal=UUID,
        head_seq=whole(1),
        prev=HASH,
        entries={"type": "array", "items": ref("Entry"), "minItems": 1, "maxItems": wire.MAX_ENTRIES},
    ),
    "TapAnswer": obj(
        "uuid seq outcome code",
        uuid=UUID,
        seq=whole(1),
        outcome={"enum": [*sorted(wire.OUTCOMES), None]},
        code={"type": "string"},
        amount_minor=optional({"type": "integer"}),
        balance_minor=optional({"type": "integer"}),
        numbers={"type": "object"},
        name=optional({"type": "string"}),
        text=optional({"type": "string"}),
    ),
    "TapsAnswer": obj(
        "server_time_ms head_seq snapshot answers",
        head_seq=whole(),
        snapshot=whole(),
        answers={"type": "array", "items": ref("TapAnswer")},
        gaps=GAPS,
        **NOW,
    ),
    "Heartbeat": obj(
        "",
        version=text(32),
        uptime_s=whole(0, (1 << 31) - 1),
        snapshot=whole(),
        queue=whole(0, (1 << 31) - 1),
        journal=optional(UUID),
        head_seq=whole(),
        drift_ms=whole(-INT8),
        tamper={"type": "boolean"},
        readers={"type": "array", "items": READER, "maxItems": heartbeat.MAX_READERS},
        lost={"type": "array", "items": LOST, "maxItems": heartbeat.MAX_LOST},
        lockdown=whole(0, (1 << 31) - 1, description="highest number of a lockdown that it obeys"),
        lockdowns={"type": "array", "items": LOCKDOWN, "maxItems": heartbeat.MAX_LOCKDOWNS},
    ),
    "HeartbeatAnswer": obj(
        "server_time_ms snapshot enabled interval_s",
        snapshot=whole(),
        journal=optional(UUID),
        head_seq=whole(),
        gaps=GAPS,
        enabled={"type": "boolean"},
        interval_s=whole(1),
        **NOW,
    ),
    "Pair": obj(
        "code public_key",
        code=text(40),
        public_key=KEY,
        name=text(80, PRINTABLE),
        version=text(32, PRINTABLE),
    ),
    "PairAnswer": obj("edge name keys server_time_ms", edge=UUID, name={"type": "string"}, keys=KEYS, **NOW),
    "Snapshot": obj(
        "version since issued_at_ms company currency salt keys limits terminals cards phones leases removed bus",
        version=whole(),
        since=whole(),
        issued_at_ms=whole(),
        company={"type": "string"},
        currency={"type": "string"},
        salt={"type": "string", "pattern": "^[0-9a-f]{32}$"},
        keys=KEYS,
        limits=obj(
            "tap_minor card_minor edge_minor snapshot_age_s uid_minor",
            tap_minor=whole(),
            card_minor=whole(),
            edge_minor=whole(),
            snapshot_age_s=whole(),
            uid_minor=whole(),
        ),
        terminals={"type": "array", "items": TERMINAL},
        cards=rows("card", "key", "state", "valid_from", "valid_until", "name", "floor_minor"),
        phones=rows("card", "phone", "certificate id", "revoked"),
        leases=rows("card", "uuid", "amount_minor", "until_ms"),
        removed={"type": "array", "items": whole(1)},
        bus=obj("url channel", url={"type": "string"}, channel={"type": "string"}),
        access={"type": "object", "description": "for edges with doors, see docs/dev/access_wire.md"},
    ),
}

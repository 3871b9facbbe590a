import json
import random
from datetime import timezone

from odoo import api, models
from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.ledger.wallets import MOST_AT_ONCE

from ..const import ACTIVE
from ..edge_http import server_time_ms
from .campus_key import CURRENT, DRAFT

# Apart from each other further than any database counts transactions.
LIVES_APART = 1 << 32
LIVES = 1000
# An edge that makes up versions must not make all others load everything all the time.
NOTICED_EVERY_S = 3600
# Cards that exist for readers: in somebody's hands, or known to be refused for a reason.
SHOWN_STATES = (
    card_state.ISSUED,
    card_state.ACTIVE,
    card_state.FROZEN,
    card_state.LOST,
    card_state.EXPIRED,
)
HMAC_BLOCK = 64
_LIVES = """
    SELECT life,
           (SELECT system_identifier FROM pg_control_system())
           || '/' || (SELECT timeline_id FROM pg_control_checkpoint())
           || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
      FROM campus_snapshot_life"""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


NOTIFICATION = "campus_snapshot"
# More cards than this are not listed: the edges ask for the delta.
PUSHED_CARDS_MAX = 200
_HOOK = "campus_snapshot.push"


class CampusSnapshot(models.AbstractModel):
    """What an edge needs to decide alone, and what of it changed since when.

    Versions and their triggers: ``data/snapshot_schema.sql``. Set-based: nothing is read into records.
    """

    _name = "campus.snapshot"
    _description = "Snapshot for Edges"

    # -- versions --------------------------------------------------------------

    @api.model
    def _version(self):
        """Return the version that a snapshot made in this transaction has."""
        self.env.cr.execute("SELECT campus_snapshot_version()")
        return self.env.cr.fetchone()[0]

    @api.model
    def _is_changed(self, edge, since):
        """Say whether an edge with version ``since`` may lack something."""
        self.env.cr.execute(
            """SELECT %(since)s < campus_snapshot_news(%(company)s, %(edge)s)
                   OR %(since)s > campus_snapshot_version()""",
            {"since": since, "company": edge.company_id.id, "edge": edge.id},
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _renew_life(self):
        """In a restored or copied database: move the versions away from those of the other life."""
        self.env.cr.execute(_LIVES)
        life, this_life = self.env.cr.fetchone()
        if life == this_life:
            return
        self.env.cr.execute("UPDATE campus_snapshot_life SET life = %s WHERE life = ''", [this_life])
        if not self.env.cr.rowcount:
            self._move_away(this_life)

    @api.model
    def _move_away(self, life=None):
        """Give the versions a new base; ``life`` None: nobody but an edge has noticed that it is due."""
        steps = random.randrange(1, LIVES)
        self.env.cr.execute(
            """UPDATE campus_snapshot_life
                  SET life = coalesce(%s, life), base = (base / %s + %s) * %s,
                      noticed_at = CASE WHEN %s::text IS NULL THEN now() ELSE noticed_at END
                WHERE %s::text IS NOT NULL OR noticed_at IS NULL OR noticed_at < now() - %s * interval '1 s'""",
            [life, LIVES_APART, steps, LIVES_APART, life, life, NOTICED_EVERY_S],
        )

    @api.model
    def _mark(self, edge):
        """Note that something changed which only ``edge`` is shown, such as its leases."""
        self.env.cr.execute(
            """INSERT INTO campus_snapshot_mark (company_id, edge_id, changed_version)
               VALUES (%s, %s, campus_snapshot_now())""",
            [edge.company_id.id, edge.id],
        )

    # -- building --------------------------------------------------------------

    @api.model
    def _build(self, edge, since=0):
        """Return ``(body, signature header)`` for ``edge``; None when nothing changed since ``since``.

        ``since`` from another life of the database, or from the future, gets everything.
        """
        self._renew_life()
        version, base = self._version_and_base()
        if version < since < base + LIVES_APART:
            # a disk put back under the same server: what it said since may have been another list
            self._move_away()
            version, base = self._version_and_base()
        if not base <= since <= version or since <= edge.whole_version:
            since = 0
        if since and not self._is_changed(edge, since):
            return None
        parts = {name: _encode(value) for name, value in self._small_parts(edge, version, since).items()}
        parts["cards"], parts["removed"] = self._cards(edge, since)
        body = ("{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}").encode()
        return body, self._signing_key(edge)._sign(body)

    @api.model
    def _version_and_base(self):
        self.env.cr.execute("SELECT campus_snapshot_version(), base FROM campus_snapshot_life")
        return self.env.cr.fetchone()

    @api.model
    def _small_parts(self, edge, version, since):
        company = edge.company_id
        # sudo: the channel is a secret that only the edge itself is told
        channel = edge.sudo().channel
        return {
            "version": version,
            "since": since,
            "issued_at_ms": server_time_ms(),
            "company": company.name,
            "currency": company.currency_id.name,
            "salt": edge._snapshot_salt(),
            "keys": self.env["campus.key"]._good_keys(company)._to_wire(),
            "limits": company._campus_offline_limits(),
            "terminals": edge.terminal_ids._to_wire(),
            "phones": self._snapshot_phones(company, since),
            "leases": self._snapshot_leases(edge),
            "bus": {"url": "/websocket", "channel": channel},
        }

    @api.model
    def _snapshot_phones(self, company, since):
        """Hook: ``[[card, phone, certificate id, revoked], ...]`` of the company, changed since.

        Who stores phones calls ``campus_snapshot_touch(ARRAY[card ids])`` in a trigger, so that a
        change is seen as one.
        """
        return []

    @api.model
    def _signing_key(self, edge):
        """The newest key that the edge knows; without one the current key."""
        keys = self.env["campus.key"]._good_keys(edge.company_id).filtered(lambda key: key.state != DRAFT)
        known = keys.filtered(lambda key: key.known_version < edge.keys_version)
        current = keys.filtered(lambda key: key.state == CURRENT)
        return current if current in known or not known else known.sorted("number")[-1]

    @api.model
    def _cards(self, edge, since):
        """Return the JSON texts of ``cards`` and ``removed``."""
        self.env.flush_all()
        salt = bytes.fromhex(edge._snapshot_salt()).ljust(HMAC_BLOCK, b"\0")
        values = {
            "company": edge.company_id.id,
            "shows_names": edge._shows_names(),
            "since": since,
            "states": list(SHOWN_STATES),
            "active": card_state.ACTIVE,
            "inner": bytes(byte ^ 0x36 for byte in salt),
            "outer": bytes(byte ^ 0x5C for byte in salt),
        }
        self.env.cr.execute(_CARDS_SQL.format(which=_CHANGED if since else ""), values)
        cards = self.env.cr.fetchone()[0]
        if not since:
            return cards, "[]"
        self.env.cr.execute(_REMOVED_SQL, values)
        return cards, self.env.cr.fetchone()[0]

    # -- leases ------------------------------------------------------------------

    @api.model
    def _snapshot_leases(self, edge):
        """``[[card, uuid, amount_minor, until_ms], ...]``, all that the edge has."""
        return [
            [
                lease["card_id"],
                lease["uuid"],
                lease["amount_minor"],
                int(lease["expires_at"].replace(tzinfo=timezone.utc).timestamp() * 1000),
            ]
            for lease in edge._open_leases()
        ]

    # -- telling edges at once ---------------------------------------------------

    @api.model
    def _announce(self):
        """Tell the edges, once this transaction commits, which cards it has changed."""
        precommit = self.env.cr.precommit
        if _HOOK not in precommit.data:
            precommit.data[_HOOK] = True
            precommit.add(self._tell_edges)

    @api.model
    def _tell_edges(self):
        self.env.cr.precommit.data.pop(_HOOK, None)
        self.env.flush_all()
        # sudo: whoever freezes a card need not see devices, and nobody may see their channels
        edges = self.env["campus.edge"].sudo().search([("state", "=", ACTIVE)])
        for company, of_company in edges.grouped("company_id").items():
            payload = self._changed_now(company)
            for edge in of_company if payload else ():
                self.env["bus.bus"]._sendone(edge.channel, NOTIFICATION, payload)

    @api.model
    def _changed_now(self, company):
        """``{"version", "cards": [[card, state], ...]}`` of this transaction; None if no card changed."""
        version = self.env["campus.key"]._version_now()
        self.env.cr.execute(
            """SELECT mark.card_id,
                      CASE WHEN card.state = 'active' AND wallet.state <> 'open' THEN 'wallet_' || wallet.state
                           WHEN card.active THEN card.state ELSE 'returned' END
                 FROM campus_snapshot_card mark
                 LEFT JOIN campus_card card ON card.id = mark.card_id
                 LEFT JOIN campus_wallet wallet ON wallet.id = card.wallet_id
                WHERE mark.company_id = %s AND mark.changed_version = %s
                ORDER BY mark.card_id LIMIT %s""",
            [company.id, version, PUSHED_CARDS_MAX + 1],
        )
        cards = [list(row) for row in self.env.cr.fetchall()]
        if not cards:
            return None
        return {"version": version, "cards": cards if len(cards) <= PUSHED_CARDS_MAX else []}


_CHANGED = """
       AND card.id IN (SELECT card_id FROM campus_snapshot_card
                        WHERE company_id = %(company)s AND changed_version >= %(since)s)"""
# `key` is taps.alone.card_key(): HMAC out of the database's own sha256
_CARDS_SQL = f"""
    SELECT coalesce(json_agg(json_build_array(
               card.id,
               CASE WHEN card.uid IS NULL OR (chip.id IS NOT NULL AND company.campus_chip_required) THEN ''
                    ELSE left(encode(
                   sha256(%(outer)s || sha256(%(inner)s || convert_to(card.uid, 'UTF8'))), 'hex'), 16) END,
               CASE WHEN card.state = %(active)s AND wallet.state <> 'open' THEN 'wallet_' || wallet.state
                    ELSE card.state END,
               greatest(card.valid_from, holder.campus_valid_from),
               least(card.valid_until, holder.campus_valid_until),
               CASE WHEN %(shows_names)s THEN campus_shown_name(holder.name) ELSE '' END,
               {MOST_AT_ONCE}) ORDER BY card.id), '[]')::text
      FROM campus_card card
      JOIN campus_wallet wallet ON wallet.id = card.wallet_id
      JOIN res_partner holder ON holder.id = card.partner_id
      JOIN res_company company ON company.id = card.company_id
      LEFT JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
     WHERE card.company_id = %(company)s AND card.active AND card.state = ANY (%(states)s){{which}}"""
_REMOVED_SQL = """
    SELECT coalesce(json_agg(mark.card_id ORDER BY mark.card_id), '[]')::text
      FROM campus_snapshot_card mark
      LEFT JOIN campus_card card ON card.id = mark.card_id AND card.company_id = mark.company_id
           AND card.active AND card.state = ANY (%(states)s)
     WHERE mark.company_id = %(company)s AND mark.changed_version >= %(since)s AND card.id IS NULL"""

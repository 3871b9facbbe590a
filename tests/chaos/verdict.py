"""What must hold of money after the faults: journals, lamps and the server compared."""


def waiting(campus):
    """Sales by UID that a wrong clock or a slow line has made doubtful: they wait for somebody and are not lost."""
    return dict(
        campus.query(
            """SELECT card.uid, count(*)::int FROM campus_tap_review review
                 JOIN campus_tap tap ON tap.id = review.tap_id JOIN campus_card card ON card.id = tap.card_id
                WHERE review.is_held AND tap.outcome = 'granted' GROUP BY card.uid"""
        )
    )


def verdict(campus, devices):
    """Compare journals, lamps and the server."""
    taps = dict(campus.query("SELECT uuid::text, count(*) FROM campus_tap WHERE kind = 'tap' GROUP BY uuid"))
    journaled, torn, shown = {}, set(), {}
    for device in devices:
        device.kill()
        device.remember()
        journaled |= device.journaled
        torn |= device.lost_with_the_disk
        for uid, count in device.shown.items():
            shown[uid] = shown.get(uid, 0) + count
    missing = [uuid for uuid in journaled if uuid not in taps]
    charged = dict(
        campus.query(
            """SELECT card.uid, sum(CASE WHEN t.reverses_id IS NULL THEN 1 ELSE -1 END)::int
                 FROM campus_transfer t JOIN campus_card card ON card.id = t.card_id
                WHERE t.kind = 'purchase' AND t.line = 1 GROUP BY card.uid"""
        )
    )
    held = waiting(campus)
    known_of = {uid: int(charged.get(uid, 0)) + int(held.get(uid, 0)) for uid in shown}
    unpaid = sum(max(count - known_of[uid], 0) for uid, count in shown.items())
    # What the torn journals held and never sent is gone from the world; the server must know of it.
    gone = [uuid for uuid in missing if uuid in torn]
    known = int(
        campus.query("SELECT count(*) FROM campus_tap_review WHERE reason IN ('fork', 'gap', 'journal')")[0][
            0
        ]
    )
    ((total,),) = campus.query(
        """SELECT (SELECT COALESCE(sum(balance_minor), 0) FROM campus_account WHERE kind = 'pocket')
                - (SELECT COALESCE(sum(CASE WHEN c.kind = 'pocket' THEN t.amount_minor ELSE 0 END)
                             - sum(CASE WHEN d.kind = 'pocket' THEN t.amount_minor ELSE 0 END), 0)
                     FROM campus_transfer t JOIN campus_account c ON c.id = t.credit_account_id
                     JOIN campus_account d ON d.id = t.debit_account_id)"""
    )
    doubled = campus.query(
        """SELECT count(*) FROM (SELECT uuid FROM campus_transfer WHERE kind = 'purchase' AND reverses_id IS NULL
                                  GROUP BY uuid HAVING count(DISTINCT wallet_id) > 1 OR sum(amount_minor) > 350) AS d"""
    )
    return {
        "taps": len(journaled),
        "lost": len([uuid for uuid in missing if uuid not in torn]) + max(unpaid - len(gone), 0),
        "doubled": int(doubled[0][0]) + sum(int(count) > 1 for count in taps.values()),
        "sum_minor": int(total),
        "undetected_gaps": len(gone) if gone and not known else 0,
        "torn": len(gone),
        "green": sum(shown.values()),
        "held": sum(int(count) for count in held.values()),
    }

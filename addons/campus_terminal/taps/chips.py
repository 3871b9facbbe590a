from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import CredentialError


def by_message(cards, texts):
    """Resolve messages of chips, which are good once: ``{text: ResolvedCard or refusal code}``.

    The tap whose message it is may ask again.
    """
    company = cards.env["res.company"].browse(cards.batch.edge.company_id)
    # sudo: keys can be read by nobody; believing messages is what they are for
    chip_keys = cards.env["campus.chip.key"].sudo()
    versions = chip_keys._versions(company)
    taps, answers = {}, {}
    for text in texts:
        try:
            taps[text] = chip_keys._believe(company, text, versions)
        except CredentialError as error:
            answers[text] = error.code
    uids = [tap.uid for tap in taps.values()]
    found = cards.find("uid", uids) if uids else {}
    # in the order of UIDs, so that two edges lock chips in one order; messages of a chip as they came
    for text, tap in sorted(taps.items(), key=lambda pair: pair[1].uid):
        card = found.get(tap.uid, errors.UNKNOWN_CARD)
        refusal = tap.uid in found and chip_keys.env["campus.chip"]._take(
            company, tap, cards.first[f"sun:{text}"].uuid
        )
        answers[text] = refusal or card
    return answers

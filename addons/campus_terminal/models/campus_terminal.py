from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.devices import heartbeat, reader_trouble
from odoo.exceptions import AccessError, ValidationError

CODE_MAX = 32
# What makes a terminal believe more than a card: the device manager alone does not decide that.
SECURITY_SWITCHES = frozenset(("accept_numbers",))
SECURITY_GROUP = "campus_card.group_campus_card_manager"


class CampusTerminal(models.Model):
    """A place where a card is presented: till, breakfast line, shower, printer, door, gate."""

    _name = "campus.terminal"
    _description = "Terminal"
    _inherit = ["mail.thread"]
    _order = "code"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name by which its edge calls it.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True, tracking=True)
    enabled = fields.Boolean(
        default=True, tracking=True, help="A terminal that is switched off refuses every tap."
    )
    edge_id = fields.Many2one(
        "campus.edge", index=True, ondelete="restrict", check_company=True, tracking=True
    )
    purpose = fields.Selection(
        [
            ("pay", "Payment"),
            ("door", "Door"),
            ("attend", "Attendance"),
            ("gate", "Gate"),
            ("balance", "Show Balance"),
        ],
        required=True,
        default="pay",
        tracking=True,
    )
    amount_mode = fields.Selection(
        [("fixed", "Fixed amount"), ("keyed", "Keyed at the terminal"), ("sent", "Sent by a till")],
        required=True,
        default="fixed",
        tracking=True,
    )
    amount_minor = fields.Integer(string="Amount (cents)", tracking=True)
    amount = fields.Monetary(
        compute="_compute_amount",
        inverse="_inverse_amount",
        help="What one tap costs at a terminal with a fixed amount.",
    )
    merchant_id = fields.Many2one(
        "campus.account",
        string="Merchant",
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "merchant")],
        tracking=True,
    )
    accept_numbers = fields.Boolean(
        "Accept Card Numbers",
        tracking=True,
        copy=False,
        help="A typed or printed card number is taken like a card's UID. Numbers follow each other and can be "
        "read off a card: leave it off unless somebody checks who pays. Only a manager switches it on.",
    )

    reader_state = fields.Selection(
        [
            (heartbeat.OPENING, "Starting"),
            (heartbeat.READY, "Ready"),
            (heartbeat.LOST, "Does Not Answer"),
            (heartbeat.SICK, "Out of Order"),
            (heartbeat.STOPPED, "Stopped"),
        ],
        "Reader",
        readonly=True,
        copy=False,
    )
    reader_since = fields.Datetime("Reader's State Since", readonly=True, copy=False)
    reader_detail = fields.Char(
        "Reader's Message",
        readonly=True,
        copy=False,
        help="What the reader's driver says, for whoever mends the edge.",
    )
    reader_advice = fields.Char("What to Do", compute="_compute_reader_advice")
    edge_health = fields.Selection(related="edge_id.health")

    _code_unique = models.Constraint("UNIQUE(company_id, code)", "Another terminal has this code.")
    _amount_check = models.Constraint("CHECK (amount_minor >= 0)", "An amount is not negative.")
    _merchant_check = models.Constraint(
        "CHECK (purpose <> 'pay' OR merchant_id IS NOT NULL)", "A terminal that sells needs a merchant."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_security(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_security(vals)
        return super().write(vals)

    @api.model
    def _check_security(self, vals):
        """A security switch is a manager's: switched off by whom it may be, switched on by a manager."""
        is_on = any(vals.get(name) for name in SECURITY_SWITCHES)
        if is_on and not self.env.su and not self.env.user.has_group(SECURITY_GROUP):
            raise AccessError(self.env._("Only a manager lets a terminal accept card numbers."))

    @api.depends("reader_state", "reader_detail")
    @api.depends_context("lang")
    def _compute_reader_advice(self):
        sentences = self._reader_sentences()
        for terminal in self:
            terminal.reader_advice = False
            if terminal.reader_state in heartbeat.BAD_READER_STATES:
                detail = terminal.reader_detail or ""
                advice = sentences[reader_trouble.code_of(detail)]
                is_keypad = reader_trouble.is_keypad(detail)
                terminal.reader_advice = self.env._("Keypad: %s", advice) if is_keypad else advice

    @api.depends("amount_minor")
    def _compute_amount(self):
        for terminal in self:
            terminal.amount = terminal.amount_minor / money.MINOR_PER_MAJOR

    def _inverse_amount(self):
        for terminal in self:
            terminal.amount_minor = self.env["campus.amount"]._to_minor(terminal.amount)

    @api.constrains("code")
    def _check_code(self):
        for terminal in self:
            code = terminal.code
            if len(code) > CODE_MAX or not code.isprintable() or code != code.strip():
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” is not possible: at most %(most)s characters on one line, "
                        "without spaces at its ends.",
                        code=code,
                        most=CODE_MAX,
                    )
                )

    @api.constrains("purpose", "amount_mode", "amount_minor")
    def _check_fixed_amount(self):
        for terminal in self:
            if terminal.purpose == "pay" and terminal.amount_mode == "fixed" and not terminal.amount_minor:
                raise ValidationError(
                    self.env._("%s takes a fixed amount: say how much a tap costs.", terminal.name)
                )

    def _reader_sentences(self):
        """What is wrong with a reader, and what to do, by ``reader_trouble``'s codes; the edge's page says the same."""
        return {
            reader_trouble.NOT_THERE: self.env._(
                "The reader is not plugged in. Check its cable, and plug it in again."
            ),
            reader_trouble.NO_RIGHT: self.env._(
                "The edge program may not use the reader. Ask whoever set up this machine."
            ),
            reader_trouble.IN_USE: self.env._(
                "Another program uses the reader. Close it, or restart this machine."
            ),
            reader_trouble.NO_CONNECTION: self.env._(
                "The reader's network adapter cannot be reached. Check its power and its cable."
            ),
            reader_trouble.NO_ANSWER: self.env._(
                "The reader does not answer. Check its power and its cable."
            ),
            reader_trouble.KEY_REFUSED: self.env._(
                "The reader does not accept the key of this edge. Ask whoever set up the reader."
            ),
            reader_trouble.OTHER_DEVICE: self.env._(
                "Another kind of reader answers than the one set up here. Check which one is plugged in."
            ),
            reader_trouble.NO_SERVICE: self.env._(
                "The card reader service of this machine does not run. Restart the machine."
            ),
            reader_trouble.NOT_INSTALLED: self.env._(
                "A part of the edge program is not installed. Ask whoever set up this machine."
            ),
            reader_trouble.JOURNAL: self.env._(
                "Taps cannot be written down, so nobody is served. Make room on the disk of this machine."
            ),
            reader_trouble.OTHER: self.env._(
                "The reader has a fault. Plug it in again; if it stays, ask whoever set up this machine."
            ),
        }

    def _to_wire(self):
        """``terminals`` of a snapshot."""
        return [
            {
                "code": terminal.code,
                "name": terminal.name,
                "purpose": terminal.purpose,
                "amount_mode": terminal.amount_mode,
                "amount_minor": terminal.amount_minor,
                "enabled": terminal.enabled,
            }
            for terminal in self
        ]

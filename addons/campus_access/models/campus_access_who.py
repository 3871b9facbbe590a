import ast
import itertools

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .campus_access_right import DOMAIN, PEOPLE

# Changes of these are noticed (data/access_schema.sql), so only these can be asked for.
ASKED = frozenset(
    ("campus_role", "campus_department_id", "campus_number", "category_id", "campus_properties")
)
# With a link to a record only its number is asked for, so that its name may change.
LINKS = frozenset(("campus_department_id", "category_id"))
OPERATORS = frozenset(
    ("=", "!=", "in", "not in", "child_of", "not child_of", "like", "ilike", "=like", "=ilike")
)
ANY_CHANGE = "*"
# So many people are looked at at once when they change; more of them are left to the job.
AT_ONCE_MAX = 200
_LIVING = '"res_partner"."is_campus_holder" AND "res_partner"."active"'


class CampusAccessRight(models.Model):
    """Who has a right: a domain of holders, or people one by one. The table of members is kept from it."""

    _inherit = "campus.access.right"

    @api.depends("domain", "who")
    def _compute_field_names(self):
        for right in self:
            right.field_names = ",".join(sorted(right._asked())) if right.who == DOMAIN else False

    @api.constrains("domain", "who", "partner_ids")
    def _check_who(self):
        for right in self:
            if right.who == DOMAIN:
                right._check_domain()
            elif not right.partner_ids:
                raise ValidationError(self.env._("“%s”: choose at least one person.", right.name))

    def _conditions(self):
        """The conditions of the domain: ``[(field, operator, value), ...]``, in order."""
        try:
            parsed = ast.literal_eval(self.domain or "[]")
            return [(one.field_expr, one.operator, one.value) for one in Domain(parsed).iter_conditions()]
        except (ValueError, SyntaxError, TypeError, AttributeError) as error:
            raise ValidationError(
                self.env._("“%s”: the filter of people is not complete.", self.name)
            ) from error

    def _asked(self):
        return {path.split(".")[0] for path, _operator, _value in self._conditions()}

    def _check_domain(self):
        for path, operator, value in self._conditions():
            name, _dot, rest = path.partition(".")
            is_known = name in ASKED and (not rest or name == "campus_properties") and operator in OPERATORS
            values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
            by_number = name not in LINKS or all(isinstance(one, (int, bool)) for one in values)
            if not is_known or not by_number:
                raise ValidationError(
                    self.env._(
                        "“%(right)s”: the filter asks for “%(field)s” in a way that doors cannot follow. "
                        "Role, department, campus number, tags and properties can be asked for.",
                        right=self.name,
                        field=path,
                    )
                )
        # sudo: only the names of fields are looked at, no person
        Domain(ast.literal_eval(self.domain or "[]")).validate(self.env["res.partner"].sudo())

    def _who(self):
        """The domain of the people who have the right."""
        living = Domain([("is_campus_holder", "=", True), ("active", "=", True)])
        return living & Domain("company_id", "in", (self.company_id.id, False)) & self._chosen()

    def _chosen(self):
        if self.who == PEOPLE:
            return Domain("id", "in", self.partner_ids.ids)
        return Domain(ast.literal_eval(self.domain or "[]"))

    @api.model
    @tools.ormcache("right_id", "text")
    def _condition_sql(self, right_id, text):
        """Who is chosen, as SQL on a living holder's ``res_partner``; ``text`` changes with what chooses.

        Departments are taken as numbers: hundreds of conditions are then planned at once. A change of the
        tree empties the cache.
        """
        # sudo: whom a right names does not depend on who reads it
        right = self.browse(right_id).sudo()
        of_company = Domain("company_id", "in", (right.company_id.id, False))
        # sudo: as above
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        query = partners._search(of_company & right._chosen().map_conditions(self._in_numbers))
        if query.from_clause.code.strip() == '"res_partner"':
            where = query.where_clause
            return self.env.cr.mogrify(where.code, list(where.params)).decode()
        whole = query.select()
        return f'"res_partner"."id" IN ({self.env.cr.mogrify(whole.code, list(whole.params)).decode()})'

    @api.model
    def _in_numbers(self, condition):
        """A condition about departments below others as one about their numbers."""
        if condition.field_expr != "campus_department_id" or not condition.operator.endswith("child_of"):
            return condition
        # sudo: as above
        departments = self.env["campus.department"].sudo().with_context(active_test=False)
        below = departments.search([("id", "child_of", condition.value)])
        operator = "in" if condition.operator == "child_of" else "not in"
        return Domain("campus_department_id", operator, below.ids)

    def _condition(self):
        self.ensure_one()
        people = sorted(self.partner_ids.ids) if self.who == PEOPLE else []
        return self._condition_sql(self.id, f"{self.who} {self.domain} {people} {self.company_id.id}")

    def _refresh_members(self):
        """Look at everybody for these rights, one statement for each."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM campus_access_member WHERE right_id = ANY (%s) RETURNING partner_id", [self.ids]
        )
        people = set(itertools.chain.from_iterable(self.env.cr.fetchall()))
        # sudo: whom a right names does not depend on who saves it
        for right in self.sudo().filtered("active"):
            right._insert_members()
        self.env.cr.execute(
            "SELECT DISTINCT partner_id FROM campus_access_member WHERE right_id = ANY (%s)", [self.ids]
        )
        people |= set(itertools.chain.from_iterable(self.env.cr.fetchall()))
        self._settle(people)

    def _insert_members(self):
        # pylint: disable=sql-injection
        self.env.cr.execute(
            f"""WITH wanted AS MATERIALIZED (SELECT "res_partner"."id" FROM "res_partner"
                                             WHERE {_LIVING} AND {self._condition()}),
                     gone AS (DELETE FROM campus_access_member member
                               WHERE member.right_id = {int(self.id)}
                                 AND NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.id = member.partner_id))
                INSERT INTO campus_access_member (right_id, partner_id)
                SELECT {int(self.id)}, wanted.id FROM wanted
                 WHERE NOT EXISTS (SELECT 1 FROM campus_access_member member
                                    WHERE member.right_id = {int(self.id)} AND member.partner_id = wanted.id)
                 ORDER BY wanted.id"""
        )

    @api.model
    def _refresh_all(self):
        """Look at everybody for all rights: after an import, or when departments have moved."""
        self.env.flush_all()
        # sudo: as above
        rights = self.sudo().search([("active", "=", True)])
        self.env.cr.execute("DELETE FROM campus_access_dirty")
        self.env.cr.execute("DELETE FROM campus_access_member WHERE NOT right_id = ANY (%s)", [rights.ids])
        for right in rights:
            right._insert_members()
        return self._settle(None)

    @api.model
    def _refresh_people(self, changes):
        """Look again at some people, ``{id: set of changed fields}``, for the rights that ask for these fields."""
        fields_changed = frozenset(itertools.chain.from_iterable(changes.values()))
        # sudo: as above
        rights = (
            self.sudo()
            .search([("active", "=", True)])
            .filtered(lambda right: right._asks_for(fields_changed))
        )
        people = sorted(changes)
        if rights:
            self.env.cr.execute(
                "DELETE FROM campus_access_member WHERE right_id = ANY (%s) AND partner_id = ANY (%s)",
                [rights.ids, people],
            )
            # pylint: disable=sql-injection
            cases = ", ".join(f"CASE WHEN {right._condition()} THEN {int(right.id)} END" for right in rights)
            numbers = ", ".join(map(str, map(int, people)))
            self.env.cr.execute(
                f"""INSERT INTO campus_access_member (right_id, partner_id)
                    SELECT found.right_id, "res_partner"."id"
                      FROM "res_partner" CROSS JOIN LATERAL unnest(ARRAY[{cases}]::integer[]) AS found(right_id)
                     WHERE found.right_id IS NOT NULL AND {_LIVING} AND "res_partner"."id" IN ({numbers})"""
            )
        return self._settle(people)

    def _asks_for(self, fields_changed):
        if ANY_CHANGE in fields_changed:
            return True
        return bool(fields_changed & set((self.field_names or "").split(",")))

    @api.model
    def _settle(self, people):
        """Give people the list of their rights, and tell the edges; None: everybody. Returns how many changed."""
        if people is not None and not people:
            return 0
        self.env.cr.execute("SELECT campus_access_settle(%s)", [None if people is None else sorted(people)])
        changed = self.env.cr.fetchone()[0]
        if changed:
            self.env.cr.execute("SELECT campus_access_tell(campus_access_edges(), FALSE, FALSE)")
            self.env["campus.snapshot"]._announce_access()
        return changed

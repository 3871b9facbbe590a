"""Logged-in people as browsers show them to Odoo: RPC and pages, refusals and crashes told apart."""

import requests
import sentences

# What Odoo shows a person as a message; everything else is a fault of the program.
SENTENCES = ("UserError", "ValidationError", "AccessError", "MissingError", "AccessDenied", "RedirectWarning")
TIMEOUT_S = 120


class Refused(Exception):
    """A message that the person can read."""


class Crashed(Exception):
    """An answer that no person should get: a traceback, a machine's words, an empty message."""


class Person:
    """Somebody with a login; ``company_id`` chooses a company where they have several."""

    def __init__(self, url, database, login, company_ids=None):
        self.url, self.database, self.login_name = url, database, login
        self.context = {"lang": "zh_CN", "tz": "Asia/Shanghai"}
        if company_ids:
            self.context["allowed_company_ids"] = company_ids
        self.browser = None

    def __str__(self):
        return self.login_name

    def log_in(self):
        """Open a session; logins of the demo are their passwords."""
        self.browser = _browser()
        self._call(
            "/web/session/authenticate",
            {"db": self.database, "login": self.login_name, "password": self.login_name},
        )

    def rpc(self, model, method, *args, **kwargs):
        """``model.method(*args, **kwargs)`` as the backend calls it."""
        kwargs["context"] = {**self.context, **kwargs.get("context", {})}
        path = f"/web/dataset/call_kw/{model}/{method}"
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        try:
            return self.call(path, params)
        except Refused as refusal:
            if found := sentences.check(str(refusal), self._in_english(path, params), "the refusal"):
                raise Crashed(f"{model}.{method}: {found}") from None
            raise

    def _in_english(self, path, params):
        """What a colleague who reads English is told about the same: what was refused may be asked again."""
        kwargs = {**params["kwargs"], "context": {**params["kwargs"]["context"], "lang": "en_US"}}
        try:
            self.call(path, {**params, "kwargs": kwargs})
        except Refused as refusal:
            return str(refusal)
        raise Crashed(f"{path} was refused in Chinese and is done in English")

    def twin(self):
        """The same session at another screen: for two things at a time."""
        if self.browser is None:
            self.log_in()
        twin = Person(self.url, self.database, self.login_name)
        twin.context = dict(self.context)
        twin.browser = _browser()
        twin.browser.cookies.update(self.browser.cookies)
        return twin

    def call(self, path, params):
        """A JSON-RPC route; logs in first, and again when the session has ended."""
        if self.browser is None:
            self.log_in()
        try:
            return self._call(path, params)
        except SessionEnded:
            self.log_in()
            return self._call(path, params)

    def _call(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = self.browser.post(self.url + path, json=body, timeout=TIMEOUT_S)
        if answer.status_code != 200:
            raise Crashed(f"{path}: HTTP {answer.status_code}")
        values = answer.json()
        if "error" in values:
            self._raise(path, values["error"])
        return values.get("result")

    @staticmethod
    def _raise(path, error):
        name = error.get("data", {}).get("name", "")
        message = error.get("data", {}).get("message") or ""
        if name.endswith("SessionExpiredException"):
            raise SessionEnded(path)
        sentence = name.rsplit(".", 1)[-1] in SENTENCES and message.strip()
        if not sentence or sentences.problem(message):
            raise Crashed(f"{path}: {name}: {message[:300]}")
        raise Refused(message)

    def page(self, path, form=None):
        """The text of a page; ``form`` is posted with the session's token."""
        if self.browser is None:
            self.log_in()
        if form is None:
            answer = self.browser.get(self.url + path, timeout=TIMEOUT_S)
        else:
            token = self._token(path)
            answer = self.browser.post(self.url + path, data={**form, "csrf_token": token}, timeout=TIMEOUT_S)
        if "/web/login" in answer.url and "/web/login" not in path:
            self.log_in()
            return self.page(path, form)
        if answer.status_code >= 400:
            raise Crashed(f"{path}: HTTP {answer.status_code}")
        return answer.text

    def _token(self, _path):
        text = self.browser.get(self.url + "/my/card/lost", timeout=TIMEOUT_S).text
        marker = 'name="csrf_token" value="'
        if marker not in text:
            raise Crashed("no form with a token on the page of losses")
        return text.split(marker, 1)[1].split('"', 1)[0]

    # -- records -----------------------------------------------------------------------

    def search(self, model, domain, **options):
        """Ids that this person finds."""
        return self.rpc(model, "search", domain, **options)

    def read(self, model, ids, fields):
        """Rows of records, as this person may read them."""
        return self.rpc(model, "read", ids, fields)

    def wizard(self, model, values, context=None):
        """A dialog with its defaults and ``values``; its id."""
        defaults = self.rpc(model, "default_get", list(values), context=context or {})
        ids = self.rpc(model, "create", [{**defaults, **values}], context=context or {})
        return ids[0]

    def press(self, model, method, record_id, **options):
        """A button of a form."""
        return self.rpc(model, method, [record_id], **options)


class SessionEnded(Exception):
    """The server has forgotten the login."""


def _browser():
    browser = requests.Session()
    browser.trust_env = False
    return browser

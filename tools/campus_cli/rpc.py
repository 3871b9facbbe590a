"""A user's session at the demo server, over HTTP like a browser's."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.request

from .console import CampusError

TIMEOUT_S = 60


class Session:
    """Logged in as a user of the demo, whose password is the login."""

    def __init__(self, url: str, database: str, login: str) -> None:
        self._url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies).open
        who = {"db": database, "login": login, "password": login}
        if not self._post("/web/session/authenticate", who).get("uid"):
            raise CampusError(f"the demo does not know the login {login}")

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a method of a model."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def search_read(self, model: str, domain: list, fields: list[str], **kwargs) -> list[dict]:
        return self.call(model, "search_read", domain, fields, context={"lang": "en_US"}, **kwargs)

    def _post(self, path: str, params: dict):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self._url + path, body, {"Content-Type": "application/json"})
        try:
            with self._open(request, timeout=TIMEOUT_S) as response:
                answer = json.load(response)
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise CampusError(f"the demo server does not answer: {error}", "./campus demo") from error
        if "error" in answer:
            raise CampusError(f"the demo server refuses: {answer['error']['data']['message']}")
        return answer["result"]

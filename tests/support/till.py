"""A till as the server sees it: HTTP, JSON-RPC, the calls that the POS in the browser makes."""

import http.client
import json
import threading
import time
import uuid
from urllib.parse import urlsplit


class ServerError(Exception):
    """What the server answered instead of a result."""


class Client:
    """One logged-in HTTP client; not for use by several threads at once."""

    def __init__(self, url, timeout_s=120):
        parts = urlsplit(url)
        self.host, self.port, self.timeout_s = parts.hostname, parts.port, timeout_s
        self.cookie = ""
        self.connection = None

    def login(self, database, login):
        """Open a session; demo and test users have their login as password."""
        self.call("/web/session/authenticate", {"db": database, "login": login, "password": login})
        return self

    def copy(self):
        """Another connection in the same session."""
        twin = Client(f"http://{self.host}:{self.port}", self.timeout_s)
        twin.cookie = self.cookie
        return twin

    def call(self, path, params):
        """POST a JSON-RPC call and return its result."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        status, answer, cookie = self._send(path, body, headers)
        if cookie and not self.cookie:
            self.cookie = cookie
        if status != 200:
            raise ServerError(f"HTTP {status}")
        if "error" in answer:
            raise ServerError(answer["error"]["data"]["message"])
        # a call without a result, such as a webhook, is answered without one
        return answer.get("result")

    def _send(self, path, body, headers):
        for fresh in (False, True):
            if self.connection is None or fresh:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
            try:
                self.connection.request("POST", path, body, headers)
                response = self.connection.getresponse()
                content = response.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A kept-alive connection that the server has closed meanwhile; nothing was answered on it.
                self.connection = None
                if fresh:
                    raise
                continue
            if response.will_close:
                self.connection.close()
                self.connection = None
            cookie = next(
                (c.split(";")[0] for c in response.headers.get_all("Set-Cookie") or [] if "session_id" in c),
                "",
            )
            return response.status, json.loads(content) if content[:1] == b"{" else {}, cookie
        raise AssertionError("unreachable")

    def rpc(self, model, method, *args, **kwargs):
        """``model.method(*args, **kwargs)`` on the server."""
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )


class Till:
    """A till with an open session: authorise a card, sync the order, refund it."""

    def __init__(self, client, school, number):
        self.client, self.school = client, school
        self.info = school["tills"][number % len(school["tills"])]

    def authorise(self, uid, amount_minor, payment=None, attempt=0):
        """Ask for money; ``(uuid of the payment line, answer)``."""
        payment = payment or str(uuid.uuid4())
        answer = self.client.rpc(
            "pos.payment.method",
            "campus_card_authorise",
            [self.school["method"]],
            payment,
            amount_minor,
            uid,
            self.info["session"],
            attempt,
        )
        return payment, answer

    def release(self, payment):
        """Give the money of a payment back."""
        return self.client.rpc(
            "pos.payment.method",
            "campus_card_release",
            [self.school["method"]],
            payment,
            self.info["session"],
        )

    def order(self, payment, amount_minor, refund_of=None):
        """The order as the browser serialises it; ``refund_of``: ``(order id, line id)``."""
        sign = -1 if refund_of else 1
        amount = sign * amount_minor / 100
        line = {
            "uuid": str(uuid.uuid4()),
            "product_id": self.school["product"],
            "qty": sign,
            "price_unit": amount_minor / 100,
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "discount": 0,
            "tax_ids": [[6, 0, []]],
            "pack_lot_ids": [],
        }
        if refund_of:
            line["refunded_orderline_id"] = refund_of[1]
        return {
            "uuid": str(uuid.uuid4()),
            "name": f"Order {payment}",
            "session_id": self.info["session"],
            "pricelist_id": self.info["pricelist"],
            "fiscal_position_id": False,
            "partner_id": False,
            "user_id": False,
            "to_invoice": False,
            "state": "paid",
            "date_order": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
            "amount_total": amount,
            "amount_paid": amount,
            "amount_tax": 0,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "lines": [[0, 0, line]],
            "payment_ids": [
                [
                    0,
                    0,
                    {
                        "uuid": payment,
                        "amount": amount,
                        "payment_method_id": self.school["method"],
                        "name": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
                        "payment_status": "done",
                    },
                ]
            ],
        }

    def sync(self, order):
        """Send a paid order; its card payments are captured with it."""
        return self.client.rpc("pos.order", "sync_from_ui", [order])

    def sell(self, uid, amount_minor):
        """A whole sale: authorise, then the order. Raises when refused."""
        payment, answer = self.authorise(uid, amount_minor)
        if not answer["ok"]:
            raise ServerError(answer["code"])
        return payment, self.sync(self.order(payment, amount_minor))


def at_once(actions):
    """Run the actions in threads that start together; their results, or the ServerError."""
    results = [None] * len(actions)
    barrier = threading.Barrier(len(actions))

    def work(number, action):
        barrier.wait()
        try:
            results[number] = action()
        except ServerError as error:
            results[number] = error

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "a till got no answer"
    return results

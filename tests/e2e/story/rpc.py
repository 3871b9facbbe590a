"""Asking the server what a visitor may know, in the visitor's own session."""


def search_read(visitor, model, domain, fields):
    """Records of a model as dicts, archived ones too."""
    response = visitor.context.request.post(
        f"/web/dataset/call_kw/{model}/search_read",
        data={
            "jsonrpc": "2.0",
            "method": "call",
            "params": {
                "model": model,
                "method": "search_read",
                "args": [domain, fields],
                "kwargs": {"context": {"active_test": False}},
            },
        },
    )
    answer = response.json()
    assert "error" not in answer, answer["error"]
    return answer["result"]

"""Signing in to the console: the token in a cookie that only its pages read, and forms that only its pages make.

The JSON API never looks at the cookie, so no page of another site can have it act for whoever is signed in here.
"""

import hmac
import re
import secrets as random
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from service import secrets
from service.pages import formats
from service.store import tokens
from service.store.tokens import Token

TOKEN, NONCE = "pellucid_token", "pellucid_form"
"""The cookies: the token of whoever is signed in, and what the form is bound to by which one signs in."""
PATH = "/console"
HOME = "/console/comparisons"
SCOPE = "comparisons:run"
LONGEST_TOKEN = 200
NEXT = re.compile(r"/console/[!-\[\]-~]*")
WRONG_FORM = "The form was not made for this browser, or it is too old. Nothing was done; open the page again."
NO_TOKEN = f"wants a token with scope {SCOPE} that is known and neither expired nor revoked"

BLUEPRINT = Blueprint("signing_in", __name__, url_prefix=PATH)
View = TypeVar("View", bound=Callable[..., Any])


def signed_in(view: View) -> View:
    """Let a view run for whoever is signed in, and a POST only from a form that was made for them; others sign in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the view takes and gives
        found = _token(request.cookies.get(TOKEN, ""))
        if found is None:
            back = request.full_path.rstrip("?") if request.method == "GET" else HOME
            return private(redirect(f"{PATH}/login?next={formats.query(back)}", HTTPStatus.SEE_OTHER))
        if request.method == "POST" and not _is_ours(TOKEN):
            return refused()
        g.token = found
        return view(*args, **kwargs)

    return cast(View, guarded)


def reader() -> Token:
    """Return the token of whoever is signed in; only in a view guarded by `signed_in`."""
    return cast(Token, g.token)


def mark(cookie: str = TOKEN) -> str:
    """Return what a form has to carry to be taken for ours."""
    return _mark(request.cookies.get(cookie, ""))


def page(template: str, status: int = HTTPStatus.OK, **context: Any) -> Response:  # noqa: ANN401 - what it shows
    """Return a page for whoever is signed in, that is kept nowhere."""
    text = render_template(template, csrf=mark(), token=reader(), **context)
    return private(make_response(text, status))


def private(answer: Answer) -> Response:
    """Return an answer that no cache keeps."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Vary"] = "Cookie"
    return cast(Response, answer)


def refused() -> Response:
    """Return the page of a form that is not ours."""
    text = render_template("missing.html", title="Not done", ref=request.path, why=WRONG_FORM)
    return private(make_response(text, HTTPStatus.FORBIDDEN))


@BLUEPRINT.get("/login")
def login() -> Response:
    """Show the form that takes a token."""
    return _form(request.args.get("next", ""), "")


@BLUEPRINT.post("/login")
def sign_in() -> Response:
    """Keep a token, for as long as the browser is open."""
    if not _is_ours(NONCE):
        return refused()
    text, back = request.form.get("token", "").strip(), request.form.get("next", "")
    if _token(text) is None:
        return _form(back, NO_TOKEN, HTTPStatus.FORBIDDEN)
    answer = private(redirect(back if NEXT.fullmatch(back) else HOME, HTTPStatus.SEE_OTHER))
    _keep(answer, TOKEN, text)
    answer.delete_cookie(NONCE, path=PATH)
    return answer


@BLUEPRINT.post("/logout")
@signed_in
def sign_out() -> Response:
    """Forget the token of this browser; it stays good elsewhere."""
    answer = private(redirect(f"{PATH}/login", HTTPStatus.SEE_OTHER))
    answer.delete_cookie(TOKEN, path=PATH)
    return answer


def _form(back: str, problem: str, status: int = HTTPStatus.OK) -> Response:
    nonce = request.cookies.get(NONCE) or random.token_urlsafe(16)
    text = render_template("login.html", csrf=_mark(nonce), back=back, problem=problem, scope=SCOPE)
    answer = private(make_response(text, status))
    _keep(answer, NONCE, nonce)
    return answer


def _keep(answer: Response, name: str, value: str) -> None:
    """Set a cookie for this session; only over TLS where there is TLS, also when a proxy in front speaks it."""
    public_url = current_app.extensions["pellucid"].settings.public_url or ""
    secure = request.is_secure or public_url.startswith("https:")
    answer.set_cookie(name, value, path=PATH, secure=secure, httponly=True, samesite="Strict")


def _token(text: str) -> Token | None:
    """Return the token that this text is, where it may compare."""
    if not (text.isascii() and text.isprintable() and len(text) <= LONGEST_TOKEN):
        return None
    service = current_app.extensions["pellucid"]
    with service.session() as session:
        found = tokens.check(session, text, service.clock())
    return found if found and found.allows(SCOPE) else None


def _is_ours(cookie: str) -> bool:
    """Tell whether the form of this request was made for the browser that holds this cookie."""
    held = request.cookies.get(cookie, "")
    return bool(held) and hmac.compare_digest(
        _mark(held), request.form.get("csrf", "").encode("ascii", "replace").decode()
    )


def _mark(cookie: str) -> str:
    return secrets.form_mark(secrets.master_key(current_app.extensions["pellucid"].settings), cookie)

"""Who may do what: a bearer token with the scope that the route names."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from flask import g, request

from service.api.errors import refuse
from service.api.service import service
from service.store import tokens
from service.store.tokens import Token

View = TypeVar("View", bound=Callable[..., Any])


def needs(scope: str) -> Callable[[View], View]:
    """Let a view run only for a token with this scope; it finds the token as `token()`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the view takes and gives
            g.token = _authorised(scope)
            return view(*args, **kwargs)

        # flask-smorest reads this to describe the route.
        documented = getattr(view, "_apidoc", {})
        guarded._apidoc = {**documented, "manual_doc": {"security": [{"token": [scope]}]}}  # type: ignore[attr-defined] # noqa: SLF001
        return guarded  # type: ignore[return-value]

    return decorate


def may(scope: str) -> bool:
    """Tell whether the request brings a token with this scope; without any it may not, and a wrong one is refused."""
    return "Authorization" in request.headers and _found(scope).allows(scope)


def token() -> Token:
    """Return the token of this request; only in a view guarded by `needs`."""
    found: Token = g.token
    return found


def _authorised(scope: str) -> Token:
    found = _found(scope)
    if not found.allows(scope):
        _refuse(HTTPStatus.FORBIDDEN, f"wants a token with scope {scope}, this one has {', '.join(found.scopes)}")
    return found


def _found(scope: str) -> Token:
    """Return the token of the request, whatever it allows."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        _refuse(HTTPStatus.UNAUTHORIZED, f"wants a token with scope {scope} as 'Authorization: Bearer …', has none")
    with service().session() as session:
        found = tokens.check(session, text.strip(), service().clock())
    if found is None:
        _refuse(HTTPStatus.UNAUTHORIZED, "wants a token that is known and neither expired nor revoked")
    return found


def _refuse(status: int, message: str) -> NoReturn:
    headers = {"WWW-Authenticate": 'Bearer realm="pellucid"'} if status == HTTPStatus.UNAUTHORIZED else {}
    refuse(status, message, headers=headers)

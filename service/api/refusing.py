"""What the store refuses, answered with the problem that it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from service.api.errors import PLAIN, refuse
from service.sealed import SealError
from service.store.errors import Conflict, NotAccepted


@contextmanager
def refusing(listed_at: str) -> Iterator[None]:
    """End the request with a problem when the block is refused; `listed_at` is where things can be looked up."""
    try:
        yield
    except NotAccepted as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, PLAIN[HTTPStatus.UNPROCESSABLE_ENTITY], fields=error.problems)
    except LookupError as error:
        refuse(HTTPStatus.NOT_FOUND, f"{error}; {listed_at} lists them")
    except Conflict as error:
        refuse(HTTPStatus.CONFLICT, str(error))
    except SealError as error:
        refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

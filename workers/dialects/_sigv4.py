"""Amazon's request signatures (SigV4), by botocore where it is installed (the extra `aws`)."""

import re
from urllib.parse import urlsplit

from scorecards.catalog import Endpoint
from workers.http import Request

try:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:  # most instances ask no endpoint that wants a signature
    SigV4Auth = None

SERVICE = "bedrock"
ACCESS_KEY = re.compile(r"(?P<id>A[KS]IA[A-Z0-9]{16}):(?P<secret>[^:\s]+)(?::(?P<token>[^:\s]+))?")
"""Access key id, secret and, for a temporary one, session token, in one variable like every other provider's key."""
REGION_OF_HOST = re.compile(r"bedrock[a-z-]*\.([a-z0-9-]+)\.amazonaws\.com")


def is_access_key(key: str | None) -> bool:
    """Tell whether a key is one to sign with; any other is a Bedrock API key, sent as it is."""
    return bool(key and ACCESS_KEY.fullmatch(key))


def lacks(endpoint: Endpoint, key: str | None) -> tuple[str, ...]:
    """Return what is needed to sign with this key and is not there, as `Dialect.lacks` puts it."""
    if not is_access_key(key):
        return ()
    if SigV4Auth is None:
        return ("sign requests (pip install 'pellucid[aws]')",)
    return () if _region(endpoint) else ("sign requests (a region in the endpoint's ref)",)


def signed(request: Request, key: str, endpoint: Endpoint) -> Request:
    """Return the request with its signature; `key` is an access key, and nothing is lacking.

    Raises:
        ValueError: `key` is no access key.
    """
    found = ACCESS_KEY.fullmatch(key)
    if found is None:
        raise ValueError("wants ACCESS_KEY_ID:SECRET[:SESSION_TOKEN], has something else")
    unsigned = AWSRequest(request.method, request.url, data=request.body, headers=dict(request.headers))
    credentials = Credentials(*found.group("id", "secret", "token"))
    SigV4Auth(credentials, SERVICE, _region(endpoint)).add_auth(unsigned)
    return Request(request.method, request.url, tuple(unsigned.headers.items()), request.body)


def _region(endpoint: Endpoint) -> str | None:
    """Return the region that the host names, else the one of the endpoint's ref."""
    host = REGION_OF_HOST.fullmatch(urlsplit(endpoint.base_url).hostname or "")
    return host[1] if host else endpoint.region

"""The style sheet, the script and the icon: served under a name which changes with what they hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages refer to."""

    path: str
    data: bytes
    type: str
    etag: str


class Assets:
    """All files of templates/static, read once."""

    def __init__(self) -> None:
        self._by_name: dict[str, Asset] = {}
        for file in files("templates").joinpath("static").iterdir():
            stem, dot, ending = file.name.rpartition(".")
            if dot + ending in TYPES:
                data = file.read_bytes()
                digest = hashlib.sha256(data).hexdigest()[:12]
                path = f"/static/{stem}.{digest}.{ending}"
                self._by_name[file.name] = Asset(path, data, TYPES[dot + ending], f'"{digest}"')
        self._by_path = {asset.path: asset for asset in self._by_name.values()}

    def path(self, name: str) -> str:
        """Where a file lies, such as `site.css`."""
        return self._by_name[name].path

    def answer(self, request: Request) -> Response | None:
        """The file at the request's path, or None."""
        asset = self._by_path.get(request.url.path)
        if asset is None:
            return None
        headers = {"ETag": asset.etag, "Cache-Control": FOR_EVER}
        known = (etag.strip().removeprefix("W/") for etag in request.headers.get("if-none-match", "").split(",", 20))
        if asset.etag in known:
            return Response(status_code=304, headers=headers)
        return Response(asset.data, media_type=asset.type, headers=headers)

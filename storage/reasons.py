"""Why a file cannot be read or written, as a person says it."""

from __future__ import annotations

import errno

_SAID = {
    errno.ENOENT: "it is not there",
    errno.EACCES: "this user has no right to it",
    errno.EPERM: "this user has no right to it",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "what should be a folder on the way there is a file",
    errno.ELOOP: "its links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EROFS: "nothing can be written there",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user's share of the disk is full",
    errno.EIO: "the disk does not answer as it should",
}


def in_words(error: OSError) -> str:
    """What was wrong with a file; of what is rare, what the system says."""
    return _SAID.get(error.errno or 0) or error.strerror or str(error)

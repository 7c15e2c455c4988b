"""The codes of languages: two letters (ISO 639-1), and a region where one is meant, as in "de-AT" (RFC 5646)."""

from __future__ import annotations

import re

_TWO_LETTERS = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_TWO_LETTERS.split())
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}")


def is_language(code: str) -> bool:
    """Whether a code, in lower case, is that of a language."""
    language, hyphen, region = code.partition("-")
    return language in _LANGUAGES and (not hyphen or _REGION.fullmatch(region) is not None)

"""Providers where anybody gets an address: a shared domain there says nothing about who belongs together."""

from __future__ import annotations

FREEMAIL = frozenset(
    [
        "gmail.com", "googlemail.com", "google.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.org",
        "gmx.eu", "gmx.info", "web.de", "email.de", "t-online.de", "magenta.de", "freenet.de", "arcor.de", "1und1.de",
        "online.de", "onlinehome.de", "vodafone.de", "vodafonemail.de", "kabelmail.de", "unitybox.de", "o2online.de",
        "o2mail.de", "alice.de", "alice-dsl.net", "netcologne.de", "ewe.net", "ewetel.net", "osnanet.de", "htp-tel.de",
        "mnet-online.de", "mnet-mail.de", "versanet.de", "tele2.de", "mail.de", "posteo.de", "posteo.net", "mailbox.org",
        "mailo.com", "tutanota.com", "tutanota.de", "tutamail.com", "tuta.io", "tuta.com", "keemail.me", "proton.me",
        "protonmail.com", "protonmail.ch", "pm.me", "outlook.com", "outlook.de", "outlook.at", "outlook.fr",
        "hotmail.com", "hotmail.de", "hotmail.ch", "hotmail.at", "hotmail.co.uk", "hotmail.fr", "hotmail.it",
        "hotmail.es", "live.com", "live.de", "live.at", "live.nl", "live.fr", "live.co.uk", "msn.com", "yahoo.com",
        "yahoo.de", "yahoo.co.uk", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.at", "ymail.com", "rocketmail.com",
        "aol.com", "aol.de", "aim.com", "icloud.com", "me.com", "mac.com", "privaterelay.appleid.com", "mail.com",
        "email.com", "usa.com", "fastmail.com", "fastmail.fm", "hushmail.com", "zoho.com", "zohomail.eu", "mail.ru",
        "bk.ru", "list.ru", "inbox.ru", "yandex.ru", "yandex.com", "rambler.ru", "ukr.net", "i.ua", "seznam.cz",
        "email.cz", "centrum.cz", "post.cz", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "gazeta.pl", "op.pl", "libero.it",
        "virgilio.it", "tiscali.it", "alice.it", "tin.it", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr",
        "neuf.fr", "bluewin.ch", "sunrise.ch", "hispeed.ch", "chello.at", "aon.at", "a1.net", "utanet.at", "liwest.at",
        "ziggo.nl", "kpnmail.nl", "planet.nl", "xs4all.nl", "hetnet.nl", "telenet.be", "skynet.be", "proximus.be",
        "btinternet.com", "sky.com", "virginmedia.com", "talktalk.net", "ntlworld.com", "comcast.net", "verizon.net",
        "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net", "rogers.com", "shaw.ca",
        "sympatico.ca", "bigpond.com", "optusnet.com.au", "qq.com", "163.com", "126.com", "sina.com", "foxmail.com",
        "naver.com", "hanmail.net", "daum.net", "rediffmail.com", "uol.com.br", "bol.com.br", "terra.com.br", "abv.bg",
        "freemail.hu", "citromail.hu", "walla.com", "duck.com", "mailinator.com", "riseup.net", "disroot.org",
    ]
)  # fmt: skip
"""Domains in lower case, of free mailboxes and of access providers who give them to their customers."""


def is_freemail(domain: str) -> bool:
    """Whether people who share this domain need not know each other."""
    return domain.lower() in FREEMAIL

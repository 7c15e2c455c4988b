"""What stands around the content of a web page: banners, trails, bars at the side, what to share and to rate."""

from __future__ import annotations

import re

from knowledge.tags import Tag


def named(text: str) -> frozenset[str]:
    """The names that a text lists."""
    return frozenset(text.split())


CLASSES = named(
    """
    article-footer article-more-questions article-relatives article-return-to-top article-sidebar article-vote
    article-votes article-comments anchor-link back-to-top breadcrumb breadcrumb-trail breadcrumbs cc-window
    comment-overview comment-respond comments comments-area cmplz-cookiebanner elementor-location-footer ez-toc-container
    feedback footer global-footer header-anchor headerlink helpful main-navigation menu nav navbar navigation newsletter
    newsletter-form newsletter-signup page-footer pagination post-navigation rank-math-breadcrumb recent-articles
    related-articles request-a-feature screen-reader-shortcut sharedaddy share-buttons sharing sidebar site-footer
    site-navigation skip-link skip-to-content skip-navigation social social-links social-share sub-nav table-of-contents
    toc was-this-helpful widget-area wp-block-navigation yoast-breadcrumbs
    """
)
"""Names of classes that stand for no content, whole."""

IDS = named(
    """
    borlabscookiebox cmplz-cookiebanner-container comments cookie-banner cookie-bar cookie-law-info-bar cookie-notice
    cookiebanner colophon cybotcookiebotdialog footer onetrust-consent-sdk secondary sidebar site-footer toc
    usercentrics-root
    """
)
ROLES = named("alertdialog banner complementary contentinfo dialog navigation search")

_CONSENT = re.compile(
    r"(?:cookie|consent|gdpr|dsgvo)s?[-_]?(?:banner|bar|box|dialog|hint|info|law|layer|modal|notice|popup|wall)"
)
_NEVER = frozenset({"main", "article", "details", "summary", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd"})


def is_chrome(tag: Tag) -> bool:
    """Whether what opens here is no content. A heading and a question never are: a FAQ may be about cookies."""
    if tag.name in _NEVER or not tag.attributes:
        return False
    names = set(tag.get("class").lower().split())
    known = tag.get("id").lower()
    if names & CLASSES or known in IDS or tag.get("role").lower() in ROLES:
        return True
    return any(_CONSENT.search(name) for name in (*names, known))

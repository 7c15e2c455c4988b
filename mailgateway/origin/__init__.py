"""Where a mail comes from, and what others think of it: SPF, DKIM, DMARC, ARC, rspamd and clamd.

What is asked of others stands in `resolver`, `rspamd` and `clamd`; what is read, and the decisions, are pure.
"""

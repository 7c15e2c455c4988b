"""The signals by which a mail finds its conversation, a module for each kind of evidence."""

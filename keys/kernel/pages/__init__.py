"""Server-rendered pages: one frame, one stylesheet, two languages, no JavaScript needed.

Dutch is the source language of every template; the English beside it stands in `en.po` files, read
at the start. Every page gets a Content-Security-Policy without inline style or script.
"""

from keys.kernel.pages.csrf import CsrfRejected, check_csrf, new_csrf
from keys.kernel.pages.language import untranslated
from keys.kernel.pages.rendering import Pages

__all__ = ["CsrfRejected", "Pages", "check_csrf", "new_csrf", "untranslated"]

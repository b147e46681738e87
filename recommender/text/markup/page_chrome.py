"""Recognise page chrome: related blocks, adverts, calls to subscribe and consent banners.

Blocks are recognised by the class names of content systems and plugins. Lines are recognised by
phrases such as "see also" or "subscribe", in several languages.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PROMPTS = r"paywall|piano|regwall|metered|read-?more"
_COMMENTS = r"comments?|comment-?list|respond|disqus(?:_thread)?"
_NAMES = re.compile(
    rf"(?:^|[\s_-])(?:{_PROMPTS}|{_COMMENTS}"
    r"|related|relatedposts|recommend(?:ed|ations?)|recirc|see-?also|read-?(?:also|next)"
    r"|more-(?:from|on|stories|news)|trending|popular|latest-(?:posts|news|insights)|up-?next"
    r"|newsletters?|subscribe|subscription|signup|sign-up|mailing-?list|mc4wp|mailchimp"
    r"|adverts?|advertisement|ads?|adsbygoogle|ad-(?:slot|unit|banner|container)|dfp|sponsored"
    r"|promo(?:tion)?|outbrain|taboola|reklama|banner"
    r"|share|sharing|sharedaddy|share-?buttons|social|addtoany|addthis"
    r"|cookies?|cookie-?(?:banner|notice|consent|bar)|consent|gdpr|rodo|onetrust|cmplz"
    r"|breadcrumbs?|pagination|post-navigation|nav-links|skip-link|screen-reader-text"
    r"|author-(?:bio|box|card)|about-(?:the-)?author|yarpp|crp_related|zobacz|czytaj|polecane"
    r")(?=$|[\s_-])",
    re.IGNORECASE,
)

_COMMENT_NAMES = re.compile(rf"(?:^|[\s_-])(?:{_COMMENTS})(?=$|[\s_-])", re.IGNORECASE)

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""The word ends in "relatedArticles"."""

_PROMPT_NAMES = re.compile(rf"(?:^|[\s_-])(?:{_PROMPTS})(?=$|[\s_-])", re.IGNORECASE)

_NO_NAME = re.compile(
    r"(?:^|(?<=\s))(?:tag|category|cat|term|tax)-\S+"
    r"|(?:^|(?<=[\s_-]))(?:no|not|non|has|without|with|hide|disable[ds]?|enable[ds]?)-[^\s_]+",
    re.IGNORECASE,
)
"""Class names of a state ("no-share", "has-comments"), and those that WordPress makes of terms."""

_SEE_ALSO = (
    r"see also|see more|read (?:also|more|next|on)|also read|related(?: (?:posts?|articles?"
    r"|stories|story|reading|news|coverage|content|links?))?|more (?:from|on) [^.!?]{1,60}"
    r"|you (?:may|might) (?:also )?(?:like|be interested in)|recommended(?: (?:for you|reading))?"
    r"|don['’]t miss|latest (?:insights|news|posts|stories)|up next|continue reading"
    r"|zobacz (?:też|także|również|więcej)|(?:prze)?czytaj (?:też|także|również|więcej|dalej)"
    r"|sprawdź (?:też|także|również)|warto przeczytać|polecamy|podobne (?:artykuły|wpisy)"
    r"|powiązane(?: (?:artykuły|wpisy|treści))?|najnowsze (?:artykuły|wpisy|wiadomości)"
    r"|lesen sie auch|siehe auch|mehr zum thema|lire aussi|à lire aussi|voir aussi"
    r"|lea también|lee también|ver también|leggi anche|viz také|přečtěte si také|čtěte také"
    r"|читайте також|читайте также"
)
_CALLS_TO_ACTION = (
    # newsletters
    r"(?:sign up|subscribe|join)\b[^.!?]{0,80}\b(?:newsletter|inbox|mailing list|e-?mail|updates)"
    r"|(?:zapisz się|zasubskrybuj|subskrybuj|dołącz)\b[^.!?]{0,80}\b(?:newsletter|biuletyn|listy)"
    r"|get (?:the|our) [^.!?]{0,60}\b(?:newsletter|inbox)"
    # social media
    r"|(?:follow|find) us on|folgen sie uns (?:auf|bei)|suivez-nous sur|s[ií]guenos en"
    r"|siga-nos n[oa]|seguici su|volg ons op|śledź nas na|подпис(?:ывайтесь|ывайся) на наш"
    # paywalls
    r"|subscribe (?:now )?to (?:continue|keep|read)|(?:already|not) a (?:subscriber|member)\?"
    r"|(?:this|the full) (?:article|story|content) is (?:only )?(?:available (?:only )?)?(?:for|to)"
    r" (?:subscribers|members|registered)|(?:log|sign) in to (?:continue|read|keep reading)"
    r"|to (?:read|continue reading) (?:the (?:full|rest)|this) (?:article|story)"
    r"|aby (?:czytać|przeczytać) (?:dalej|całość|cały)|(?:dalsza część )?(?:treść|artykuł|tekst)"
    r" (?:jest )?(?:dostępn[ay] )?tylko dla|pozostało \d+ ?% (?:artykułu|tekstu|treści)"
    r"|masz już (?:konto|prenumeratę|dostęp)|(?:kup|wykup) (?:dostęp|prenumeratę|subskrypcję)"
    # consent banners
    r"|(?:we|our site|this (?:web)?site)\b[^.!?]{0,60}\buses? cookies|accept (?:all )?cookies"
    r"|(?:wir|nous|wij)\b[^.!?]{0,20}\b(?:verwenden|nutzen|utilisons|gebruiken)\b[^.!?]{0,20}\bcookies"
    r"|(?:utilizamos|usamos|utilizziamo)\b[^.!?]{0,20}\bcookies?\b"
    r"|we value your privacy|manage (?:your )?(?:consent|cookies|preferences)"
    r"|(?:ta |nasza )?(?:strona|witryna|serwis)\b[^.!?]{0,40}\b(?:używa|korzysta|wykorzystuje)\b"
    r"[^.!?]{0,60}\b(?:cookie|ciastecz)"
    r"|(?:używamy|wykorzystujemy|stosujemy|korzystamy)\b[^.!?]{0,60}\b(?:cookies|ciastecz\w+)"
    r"|szanujemy (?:twoją|państwa|waszą) prywatność|dbamy o (?:twoją|państwa) prywatność"
    r"|(?:akceptuję|zaakceptuj|zgadzam się)(?: (?:wszystkie|na)\b[^.!?]{0,60})?$"
    r"|administratorem (?:twoich |państwa )?danych|wyrażam zgodę na"
)
_WHOLE = (
    r"advertisements?|adverts?|ads?|sponsored(?: (?:content|post))?|promoted|reklama"
    r"|tekst sponsorowany|artykuł sponsorowany|materiał (?:sponsorowany|partnera)|anzeige|publicité"
    r"|publicidad|story continues below(?: advertisement)?|article continues below(?: \w+)?"
    r"|dalsza część (?:artykułu|tekstu) pod (?:reklamą|materiałem wideo|wideo)|scroll to continue"
    r"|(?:\d+ )?(?:comments?|komentarz(?:e|y)?|kommentare)(?: \(\d+\))?|leave a (?:comment|reply)"
    r"|(?:dodaj|zostaw) komentarz|share(?: (?:this|on \w+|article|story))?|udostępnij"
    r"(?: na \w+)?|podziel się|tweet|print|copy link|skopiuj link|listen to this article"
    r"|(?:back|return) to (?:the )?(?:top|home ?page|newsroom|overview|list|news|blog)|kommentieren"
    r"|(?:zurück )?nach oben"
    r"|zurück zu[rm] (?:newsroom|übersicht|startseite|liste|listenansicht|blog)"
    r"|retour (?:en haut|à la liste|à l['’]accueil)|haut de page|volver (?:arriba|al inicio)"
    r"|powrót (?:na górę|do listy)|torna (?:su|all['’]inizio)|publicidade|werbung|広告|廣告"
    r"|(?:click|tap) here(?: to [^.!?]{1,40})?|\d+[ -]min(?:utes?)? read"
    r"|(?:lesezeit|reading time|temps de lecture|tiempo de lectura|tempo di lettura"
    r"|tempo de leitura|czas czytania|leestijd|lästid|время (?:про)?чтения) ?:? ?\d[^.!?]{0,15}"
)
_NOTICES = (
    r"this article is (?:more than|over) \w+ (?:year|month)s? old"
    r"|dieser artikel ist (?:mehr|älter) als \w+ (?:jahre?|monate?)(?: alt)?"
    r"|©[^.!?]{0,60}(?:\.? (?:all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|todos os direitos reservados|все права защищены"
    r"|wszelkie prawa zastrzeżone|tutti i diritti riservati))?"
    r"|all rights reserved|alle rechte vorbehalten|все права защищены"
)
"""Copyright notices, and the age of an article."""

_PICTURE = (
    r"(?:image|photo(?:graph)?|picture|foto|bild|imagen|imagem|immagine|fot\.|zdjęcie|фото|写真|사진|图|圖)"
    r"(?: (?:credits?|by|von))?\s*[:：/／】](?P<source>[^.!?。]{1,60})"
)
"""The sources of pictures."""

_LINE = re.compile(
    rf"(?:(?:{_SEE_ALSO})\s*(?:[:>»→…-].*|$)|(?:{_CALLS_TO_ACTION})|(?:{_WHOLE}|{_NOTICES}|{_PICTURE})\W*$)",
    re.IGNORECASE,
)
_ONLY = re.compile(rf"(?:(?!more )(?:{_SEE_ALSO})|{_WHOLE})\W*$", re.IGNORECASE)
_NOTICE = re.compile(rf"(?:{_NOTICES})\W*$", re.IGNORECASE)
_CREDIT = re.compile(rf"{_PICTURE}\W*$", re.IGNORECASE)
_CALL = re.compile(_CALLS_TO_ACTION, re.IGNORECASE)
_NO_CALL = re.compile(
    r"(?:follow|find) us on (?:an?|the|our|foot|\w+day)\b|join\b[^.!?]{0,80}\bupdates"
    r"|(?:already|not) a \w+\?(?! ?(?:$|log|sign|subscri|join|click|register|become|get))",
    re.IGNORECASE,
)
"""Sentences of articles that begin as calls do: "Find us on the beach"."""

MAX_CALL_WORDS = 8
"""Words of a sentence that is only a call: "Subscribe to our newsletter"."""

MAX_SOURCE_WORDS = 4
"""Words of the name of a photographer or an agency."""

MAX_SOURCE_LETTERS = 10
"""Letters of such a name in a script without capitals."""

_SMALL_WORDS = """
alliance and by de della der di dpa du et for imago istock of picture pixabay privat und unsplash
van via von y
"""
_SMALL = frozenset(_SMALL_WORDS.split())
"""Words without a capital in the source of a picture."""

_OPENS = re.compile(rf"(?:{_SEE_ALSO})\b\s*[:>»→–—-]?\s*", re.IGNORECASE)

_AROUND_LINES = " \t*•·–—-»>▶[](){}|【"

MAX_LINE_LENGTH = 300
"""Characters of a line that can be page chrome. Longer lines have content."""

REMEMBERED = 8192
"""Lists of class names whose kind is remembered: those of a site are on all its pages."""

MAX_NAMES = 1000
"""Characters of class names that are read."""


def is_block(names: str) -> bool:
    """Return whether an element is page chrome, by its class names and ID."""
    return _is_block(names[:MAX_NAMES])


@lru_cache(maxsize=REMEMBERED)
def _is_block(names: str) -> bool:
    names = _CAMEL.sub("-", names)
    return bool(_NAMES.search(names)) and bool(_NAMES.search(_NO_NAME.sub("", names)))


def is_comments(names: str) -> bool:
    """Return whether an element has comments of readers, by its class names and ID."""
    return bool(_COMMENT_NAMES.search(_CAMEL.sub("-", names)))


def is_prompt(names: str) -> bool:
    """Return whether an element asks to subscribe or to unfold a text, by class names and ID.

    Sites give the same names to the text itself.
    """
    return bool(_PROMPT_NAMES.search(_CAMEL.sub("-", names)))


def is_line(line: str) -> bool:
    """Return whether a line is page chrome: an advert's label, "see also: ...", "subscribe"."""
    stripped = line.strip(_AROUND_LINES)
    return len(stripped) <= MAX_LINE_LENGTH and bool(_LINE.match(stripped))


def is_whole_line(line: str) -> bool:
    """Return whether a line has nothing but page chrome; it may be the teaser of an editor."""
    stripped = line.strip(_AROUND_LINES)
    is_short = len(stripped) <= MAX_LINE_LENGTH
    return is_short and (is_sentence(stripped) or bool(_ONLY.match(stripped)))


def is_sentence(sentence: str) -> bool:
    """Return whether a sentence of a paragraph is page chrome: "subscribe", or a credit."""
    stripped = sentence.strip(" ()[]")
    if len(stripped) > MAX_LINE_LENGTH:
        return False
    credit = _CREDIT.match(stripped)
    named = credit is not None and _is_source(credit["source"])
    return named or _is_call(stripped) or bool(_NOTICE.match(stripped))


def _is_call(sentence: str) -> bool:
    """Return whether a short sentence is a call, and has nothing else."""
    call = _CALL.match(sentence)
    if call is None or _NO_CALL.match(sentence) or len(sentence.split()) > MAX_CALL_WORDS:
        return False
    return "," not in call[0] and not re.search("[.!?:]", sentence[call.end() :].rstrip(" .!…"))


def _is_source(text: str) -> bool:
    """Return whether a text may be the names of a photographer and an agency."""
    for name in re.split("[/／,、&|]", text):
        words = re.findall(r"\w+", name)
        small = [word for word in words if word[0].islower() and word not in _SMALL]
        has_cases = name.casefold() != name.upper()
        too_long = not has_cases and len(name.strip()) > MAX_SOURCE_LETTERS
        if small or too_long or len(words) > MAX_SOURCE_WORDS or re.search(r"\d|\bThe\b", name):
            return False
    return True


def may_point_elsewhere(start: str) -> bool:
    """Return whether a paragraph begins with a phrase such as "see also"."""
    return bool(_OPENS.match(start))


def only_points_elsewhere(paragraph: str, linked: str) -> bool:
    """Return whether a paragraph has only "see also" and the text of a link."""
    opening = _OPENS.match(paragraph)
    if opening is None or not linked:
        return False
    return paragraph[opening.end() :].strip(" .") in linked

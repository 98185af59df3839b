"""A saved web page: its article without the navigation, banners and scripts around it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from campaigns.content.articles.reading import EMPTY, ArticleRefusedError, Reading

if TYPE_CHECKING:
    from lxml.html import HtmlElement

AROUND = {
    *(
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "form",
        "button",
    ),
    *(
        "nav",
        "aside",
        "footer",
        "dialog",
        "figure",
        "picture",
        "img",
        "video",
        "audio",
        "head",
        "input",
        "select",
        "textarea",
    ),
}
ROLES = {
    "navigation",
    "banner",
    "contentinfo",
    "complementary",
    "search",
    "dialog",
    "alertdialog",
    "alert",
    "menu",
    "toolbar",
}
NAMED = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|rodo|banner|newsletter|subscri\w*|social|share|sharing|related|breadcrumbs?|"
    r"comments?|sidebar|menu|navbar|nav|popup|modal|advert\w*|ads?|promo|toolbar|pagination|tags|skip(?:-link)?|byline)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
ARTICLES = "//article | //*[@role='article'] | //*[@itemprop='articleBody']"
MAINS = "//main | //*[@role='main'] | //*[@id='content'] | //*[@id='main']"
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
SAME_TAG = {"b": "strong", "i": "em", "strong": "strong", "em": "em"}
CONTAINERS = {"div", "section", "td", "article", "main", "body"}
DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
PUBLISHED = re.compile(r'"datePublished"\s*:\s*"((?:19|20)\d\d-\d\d-\d\d)')
SITE_NAME = re.compile(r"\s+[|–—·•»:-]\s+[^|–—·•»]{2,40}$")
DEEPEST = 200


def read_page(words: str) -> Reading:
    """The article of a page, or of a fragment, in `words`.

    Raises:
        ArticleRefusedError: nothing is in it.
    """
    published = PUBLISHED.search(words)
    tree = _parsed(words)
    title, dated, url = _title_in(tree), _date_in(tree) or (published[1] if published else ""), _address_in(tree)
    language, lead = (
        str(tree.get("lang") or "")[:2].lower(),
        _meta(tree, "og:description") or _meta(tree, "description"),
    )
    _clear(tree)
    main = _main(tree)
    heading = _heading(main, tree, title)
    _rewrite(main)
    return Reading(
        html="".join(lxml.html.tostring(child, encoding="unicode") for child in main)
        if len(main)
        else str(main.text or ""),
        title=heading,
        lead=lead if lead in " ".join(str(main.text_content()).split()) else "",
        language=language,
        dated=dt.date.fromisoformat(dated) if dated else None,
        url=url,
    )


def _parsed(words: str) -> HtmlElement:
    parser = lxml.html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", words), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ArticleRefusedError(EMPTY) from error
    for element in list(tree.iter()):
        if _depth(element) > DEEPEST:
            raise ArticleRefusedError(EMPTY)
    return tree


def _depth(element: HtmlElement) -> int:
    return sum(1 for _each in element.iterancestors())


def _title_in(tree: HtmlElement) -> str:
    named = _meta(tree, "og:title") or _words(next(iter(tree.xpath("//head/title")), None))
    return SITE_NAME.sub("", named)


def _date_in(tree: HtmlElement) -> str:
    stated = [
        _meta(tree, "article:published_time"), _meta(tree, "date"), _meta(tree, "dc.date"),
        *tree.xpath("//*[@itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content"),
        *tree.xpath("//article//time/@datetime"), *tree.xpath("//time/@datetime"),
    ]  # fmt: skip
    days = (DAY.match(str(each)) for each in stated)
    return next((day[0] for day in days if day and _exists(day[0])), "")


def _exists(day: str) -> bool:
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _address_in(tree: HtmlElement) -> str:
    addresses = [*tree.xpath("//link[@rel='canonical']/@href"), _meta(tree, "og:url")]
    return next((str(each) for each in addresses if _is_web(str(each))), "")


def _is_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _meta(tree: HtmlElement, name: str) -> str:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return " ".join(str(found[0]).split()) if found else ""


def _clear(tree: HtmlElement) -> None:
    """Take away what surrounds an article; the page's own header goes, an article's stays."""
    for element in [each for each in tree.iter() if each is not tree and each.tag != "body" and _is_around(each)]:
        element.drop_tree()


def _is_around(element: HtmlElement) -> bool:
    if element.tag in AROUND or element.get("role") in ROLES or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or re.search(r"display\s*:\s*none", element.get("style") or ""):
        return True
    if element.tag == "header":
        return not any(above.tag in {"article", "main"} for above in element.iterancestors())
    return element.tag not in {"article", "main", "p", "li"} and bool(
        NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    )


def _main(tree: HtmlElement) -> HtmlElement:
    """The article; else the main part; else whatever holds most of the paragraphs' words itself."""
    for path in (ARTICLES, MAINS):
        found = max(tree.xpath(path), key=lambda each: len(_words(each)), default=None)
        if found is not None and _words(found):
            return found
    held: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        above = paragraph.getparent()
        held[above] = held.get(above, 0) + len(_words(paragraph))
    body = tree.find("body")
    whole = body if body is not None else tree
    best = max(held, key=lambda each: held[each], default=whole)
    return best if held.get(best, 0) * 2 > len(_words(whole)) else whole


def _heading(main: HtmlElement, tree: HtmlElement, title: str) -> str:
    """The h1 of the article or of the page; it leaves the body."""
    found = next(iter([*main.iter("h1"), *tree.iter("h1")]), None)
    words = _words(found)
    if found is not None and words:
        if found is not main:
            found.drop_tree()
        return words
    return title


def _rewrite(main: HtmlElement) -> None:
    """Tags that say the same as ours become ours; a table becomes a list of its rows."""
    for element in list(main.iter()):
        if element.tag in HEADINGS:
            element.tag = HEADINGS[element.tag]
        elif element.tag in SAME_TAG:
            element.tag = SAME_TAG[element.tag]
        elif element.tag == "tr":
            _as_item(element)
        elif element.tag == "table":
            element.tag = "ul"
        elif element.tag in CONTAINERS and element is not main and (element.text or "").strip():
            _in_paragraph(element)


def _as_item(row: HtmlElement) -> None:
    words = [_words(cell) for cell in row if cell.tag in {"td", "th"}]
    row[:] = []
    row.tag, row.text = "li", " – ".join(word for word in words if word)


def _in_paragraph(element: HtmlElement) -> None:
    """A container's own words are a paragraph when no block stands inside."""
    if not any(
        child.tag in {"p", "div", "ul", "ol", "h2", "h3", "table", "blockquote", "section"} for child in element
    ):
        element.tag = "p"


def _words(element: HtmlElement | None) -> str:
    return " ".join(str(element.text_content()).split()) if element is not None else ""

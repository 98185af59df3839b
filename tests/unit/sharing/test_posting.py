from __future__ import annotations

from campaigns.sharing.posting import Post, posts_of, sentences_of
from tests.unit.sharing.kits import PAGE, a_kit


def posts(**changes: object) -> dict[str, Post]:
    return {post.channel.key: post for post in posts_of(a_kit(**changes))}


def test_a_post_says_everything_where_everything_fits() -> None:
    assert posts()["x"].text == (
        "Powiedz NIE. Możesz dostać pomoc. To nie Twoja wina. Są ludzie, którzy wysłuchają. "
        f"Nie musisz podawać nazwiska.\n\nZobacz pięć kroków\n{PAGE}\n\n#SayNO"
    )


def test_what_does_not_fit_is_cut_between_sentences() -> None:
    post = posts(message="Raz. " + "Drugie zdanie jest tak długie, że nie mieści się nigdzie. " * 9)["x"]
    assert "dostać pomoc. Raz. Drugie zdanie" in post.text
    assert post.text.partition("\n")[0].endswith("nigdzie.")
    assert post.length <= 280


def test_the_call_to_action_goes_before_the_last_sentence_does() -> None:
    post = posts(headline="a" * 150, call_to_action="b" * 150, message="")["x"]
    assert post.text == f"{'a' * 150}.\n\n{PAGE}\n\n#SayNO"


def test_without_room_for_a_sentence_the_way_and_the_hashtag_stay() -> None:
    assert posts(headline="a" * 400, message="")["x"].text == f"Zobacz pięć kroków\n{PAGE}\n\n#SayNO"


def test_without_a_hashtag_none_is_made_up() -> None:
    assert posts(hashtag="")["x"].text.endswith(PAGE)


def test_a_text_message_is_one_line_without_accents() -> None:
    text = posts()["sms"].text
    assert text == f"Powiedz NIE. Mozesz dostac pomoc. To nie Twoja wina. Sa ludzie, ktorzy wysluchaja. {PAGE} #SayNO"
    assert posts()["sms"].length == len(text) <= 160


def test_a_text_message_with_all_letters_says_less() -> None:
    assert posts()["sms-letters"].text == f"Powiedz NIE. {PAGE} #SayNO"


def test_a_hashtag_that_would_need_another_spelling_is_left_out_of_a_plain_message() -> None:
    assert "#" not in posts(hashtag="#Łączymy")["sms"].text
    assert posts(hashtag="#Łączymy")["x"].text.endswith("#Łączymy")


def test_an_address_that_fits_nowhere_leaves_the_message_empty() -> None:
    assert posts(page_url=f"https://example.org/{'a' * 80}")["sms-letters"].text == ""


def test_no_break_spaces_become_ordinary_ones() -> None:
    assert "\u00a0" not in posts(message="To\u00a0nie Twoja wina.")["x"].text


def test_sentences_end_where_people_end_them() -> None:
    assert sentences_of("Stop. „Nie płać.” Dzwoń! 112 pomoże? tak, zawsze") == [
        "Stop.",
        "„Nie płać.”",
        "Dzwoń!",
        "112 pomoże? tak, zawsze.",
    ]
    assert sentences_of("  ") == []

from collections.abc import Callable

import pytest
from django.utils import translation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skills import search
from skills.models import Group, Skill
from skills.text.names import find_hidden_character, normalize_name
from tests.factories import cell, make_catalogue, make_domain, make_framework, make_group, make_role, make_skill

pytestmark = pytest.mark.django_db

SIGNS = ["''", '""', "<->", "--", "/*", "*/", "\u2028", "\u00a0", "🎉", "\ud800", *"\"'`%_\\*^:&|!()<>[]{}?~-+#@$;,./="]

type QueryCount = Callable[..., object]


@pytest.fixture
def group() -> Group:
    return make_group(make_domain(make_framework()))


def found(query: str) -> list[str]:
    names = dict(Skill.objects.values_list("pk", "name"))
    return [names[pk] for pk in search.find_skill_ids(query)]


def test_a_skill_is_found_by_everything_it_says(group: Group) -> None:
    framework = group.domain.framework
    role, level = make_role(framework, "Astronomer"), framework.levels.all()[0]
    cells = {(role, level): cell("Points *telescopes*.", proficiency="practitioner")}
    make_skill(group, "Observing", cells, summary="Looks at the sky.", tag_line="Hubble, Webb")
    make_skill(group, "Other")
    for query in ("observing", "sky", "webb", "astronomer", "telescopes", "practitioner", "sky webb astro tele pract"):
        assert (query, found(query)) == (query, ["Observing"])


def test_all_words_must_occur_in_any_order_as_beginnings(group: Group) -> None:
    make_skill(group, "Experiment Tracking")
    make_skill(group, "Experiment Design")
    assert found("exper track") == found("TRACK  exper") == ["Experiment Tracking"]
    assert found("periment") == found("tracking nothing") == []


@pytest.mark.parametrize("written", ["Übung", "Uebung", "Ubung"])
@pytest.mark.parametrize("query", ["übung", "uebung", "Ubung", "ÜBUNG", "ue", "ü"])
def test_umlauts_are_found_however_they_are_written(group: Group, written: str, query: str) -> None:
    make_skill(group, written)
    assert found(query) == [written]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Обучение моделей", "модел ОБУЧ"),
        ("Ёмкость", "емкость"),
        ("機械学習", "機械"),
        ("기계 학습", "학습"),
        ("C++", "c++"),
        ("C++", "c"),
        ("C#", "C#"),
        ("W&B", "w&b"),
        (".NET", "net"),
        ("CI/CD", "ci/cd"),
        ("1e5 2fa 0x1f 3.14 v1.2", "2FA 1e5 0x1f 3.14 v1.2"),
        ("Straße", "strasse"),
        ("x" * 200, "x" * 150),
    ],
)
def test_names_of_all_kinds_are_found(group: Group, name: str, query: str) -> None:
    make_skill(group, name)
    make_skill(group, "Other")
    assert found(query) == [name]


@pytest.mark.parametrize("query", ["学習", "学", "習の", "用", "運用 学習", "MLOps 学習", "機械学習の運用"])
def test_a_word_is_found_inside_a_text_without_spaces(group: Group, query: str) -> None:
    make_skill(group, "機械学習の運用 MLOps")
    make_skill(group, "習字を学ぶ")
    assert "機械学習の運用 MLOps" in found(query)
    assert found("学習") == ["機械学習の運用 MLOps"]
    assert found("機械翻訳") == found("Ops") == []


def test_in_scripts_without_spaces_better_finds_come_first_too(group: Group) -> None:
    make_skill(group, "Body", summary="運用では学習が要る。" * 20)
    make_skill(group, "Tags", tag_line="MLflow、学習")
    make_skill(group, "機械学習")
    make_skill(group, "学習の設計")
    make_skill(group, "学習")
    assert found("学習") == ["学習", "学習の設計", "機械学習", "Tags", "Body"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("การนำเข้าข้อมูล", "นำเข้า"),
        ("ການນຳເຂົ້າ", "ນຳເຂົ້າ"),
        ("ការនាំចូលទិន្នន័យ", "ទិន្នន័យ"),
        ("ဒေတာသွင်းခြင်း", "သွင်း"),
        ("हिन्दी में लिखना", "लिख हिन्दी"),
        ("データ分析", "ﾃﾞｰﾀ"),
    ],
)
def test_other_scripts_are_found_by_their_characters(group: Group, name: str, query: str) -> None:
    make_skill(group, name)
    make_skill(group, "Other")
    assert found(query) == [name]


def test_a_name_without_spaces_is_near_to_one_with_a_wrong_character(group: Group) -> None:
    make_skill(group, "機械学習の運用")
    make_skill(group, "料理")
    assert [skill.name for skill in search.find_similar_skills("機械学習の連用")] == ["機械学習の運用"]


def test_c_plus_plus_is_not_c_sharp(group: Group) -> None:
    make_skill(group, "C++")
    make_skill(group, "C#")
    assert found("c#") == ["C#"]


def test_better_finds_come_first(group: Group) -> None:
    framework = group.domain.framework
    role, level = make_role(framework, "Modeller"), framework.levels.all()[0]
    make_skill(group, "Body", {(role, level): cell("Tracking of " * 50)})
    make_skill(group, "Tags", tag_line="MLflow, tracking")
    make_skill(group, "Model Tracking")
    make_skill(group, "Tracking Models")
    make_skill(group, "Tracking")
    assert found("tracking") == ["Tracking", "Tracking Models", "Model Tracking", "Tags", "Body"]


def test_a_name_that_is_the_query_comes_before_one_that_begins_with_it(group: Group) -> None:
    make_skill(group, "Data to Data to Data")
    make_skill(group, "Data to Data", summary="to data " * 20)
    assert found("data to data") == ["Data to Data", "Data to Data to Data"]


def test_a_word_that_is_said_more_often_ranks_higher(group: Group) -> None:
    make_skill(group, "Aside", summary="Drift is a word of many others that are here to be read")
    make_skill(group, "Central", summary="Drift, drift and again drift, that is what is here to be read")
    make_skill(group, "Neither", summary="Something else entirely")
    assert found("drift") == ["Central", "Aside"]


def test_equal_matches_are_ordered_by_name_and_then_by_number(group: Group) -> None:
    other = make_group(group.domain)
    for name in ("Zeta", "alpha", "Ähre"):
        make_skill(group, name, summary="same words")
    same_names = [make_skill(place, "Mid", summary="same words").pk for place in (group, other)]
    assert found("same") == ["Ähre", "alpha", "Mid", "Mid", "Zeta"]
    assert search.find_skill_ids("same")[2:4] == same_names


def test_no_more_are_found_than_asked_for(group: Group) -> None:
    made = [make_skill(group, f"Skill {letter}").pk for letter in "abc"]
    assert search.find_skill_ids("skill", limit=2) == made[:2]


@pytest.mark.parametrize("query", ["", " ", *SIGNS, "".join(SIGNS)])
def test_a_query_without_a_word_finds_nothing(group: Group, query: str) -> None:
    make_skill(group, "A _ % * \" ' skill")
    assert found(query) == []


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_in_a_query_are_never_syntax(group: Group, sign: str) -> None:
    make_skill(group, "Deep Learning")
    make_skill(group, "Learning")
    for query in (
        f"{sign}deep learning",
        f"deep {sign} learning",
        f"deep learning {sign}",
        f"{sign}deep{sign} learning",
    ):
        assert (query, found(query)) == (query, ["Deep Learning"])


@pytest.mark.parametrize("query", ["deep OR other", "deep NOT learning", "NEAR(deep learning)", "name:deep", "deep:*A"])
def test_the_engines_own_words_are_words(group: Group, query: str) -> None:
    make_skill(group, "Deep Learning")
    assert found(query) == []


@pytest.mark.parametrize("query", ["x" * 201, "x" * 10_000, " " * 201])
def test_a_query_that_is_too_long_is_refused_in_the_readers_language(query: str) -> None:
    with translation.override("en"), pytest.raises(search.QueryTooLong, match="at most 200 characters"):
        search.find_skill_ids(query)


def test_a_query_may_have_two_hundred_characters(group: Group) -> None:
    make_skill(group, "Abc")
    assert found("a " * 100) == ["Abc"]
    assert found(" ".join(f"{number:x}" for number in range(60))) == []
    assert found("\ufdfa" * 200) == []


def test_a_query_with_a_null_character_is_refused() -> None:
    with pytest.raises(search.InvalidQuery):
        search.find_skill_ids("a\0b")


@given(st.text(st.characters(exclude_characters="\0"), max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_text_is_searched_and_compared_without_an_error(group: Group, text: str) -> None:
    assert search.find_skill_ids(text) == []
    assert search.find_similar_skills(text) == []


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
def test_any_name_with_a_word_is_found_by_itself(group: Group, name: str) -> None:
    assume(find_hidden_character(f"{name} x") is None)
    made = make_skill(group, normalize_name(f"{name} x"))
    try:
        assert search.find_skill_ids(f"{name} x") == [made.pk]
    finally:
        made.delete()


@pytest.mark.parametrize("count", [1, 5])
def test_a_search_is_one_query_however_much_it_finds(
    group: Group, count: int, django_assert_num_queries: QueryCount
) -> None:
    for _ in range(count):
        make_skill(group)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert len(search.find_skill_ids("skill")) == count


@pytest.mark.parametrize(
    "text",
    ["experimant-trakcing", "Experiment Trakking", "tracking-experiment", "experiment", "experiment-tracking-mlops"],
)
def test_a_mistyped_name_has_its_skill_near(group: Group, text: str) -> None:
    make_skill(group, "Data Modelling")
    make_skill(group, "Experiment Tracking")
    assert [skill.name for skill in search.find_similar_skills(text)] == ["Experiment Tracking"]


@pytest.mark.parametrize(("name", "text"), [("Go", "goo"), ("C++", "cpp cplusplus"), ("R", "r"), ("Übung", "uebungen")])
def test_short_and_accented_names_are_near_too(group: Group, name: str, text: str) -> None:
    make_skill(group, name)
    assert [skill.name for skill in search.find_similar_skills(text)] == [name]


@pytest.mark.parametrize(
    "text", ["", "xq", "zzzz-qqqq", "\0", "''\"%_\\", "🎉", "\ud800", "wp-login.php", "x" * 100_000]
)
def test_nothing_is_near_to_nonsense(group: Group, text: str) -> None:
    make_skill(group, "Experiment Tracking")
    assert search.find_similar_skills(text) == []


def test_similar_names_are_ordered_by_similarity_and_limited(group: Group) -> None:
    for name in ("Model Monitoring", "Model Tracking", "Model Tracing", "Modelling"):
        make_skill(group, name)
    assert [skill.name for skill in search.find_similar_skills("model-traking", limit=2)] == [
        "Model Tracking",
        "Model Tracing",
    ]


def test_equally_similar_names_are_ordered_as_lists_are(group: Group) -> None:
    for name in ("Zeitplan B", "zeitplan c", "Zeitplan Ä"):
        make_skill(group, name)
    names = [skill.name for skill in search.find_similar_skills("Zeitplan")]
    assert names == ["Zeitplan Ä", "Zeitplan B", "zeitplan c"]


def test_near_names_are_one_query_with_their_places(group: Group, django_assert_num_queries: QueryCount) -> None:
    for letter in "abc":
        make_skill(group, f"Same Name {letter}")
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        near = search.find_similar_skills("same name")
        assert {skill.group.domain.framework_id for skill in near} == {group.domain.framework_id}


def test_a_large_catalogue_is_found_whole() -> None:
    make_catalogue(skills=12, slug="large")
    assert sorted(search.find_skill_ids("does")) == sorted(Skill.objects.values_list("pk", flat=True))

from collections.abc import Callable
from io import StringIO
from string import ascii_lowercase

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from skills import revisions, search
from skills.content import naming
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import CatalogueVersion, Group, Revision, SearchEntry, Skill
from skills.models.catalogue import DESCRIPTION_MAX_LENGTH
from skills.search.indexing import BODY_MAX_BYTES, INDEX_VERSION, cap_words, index_outdated
from tests.factories import cell, make_catalogue, make_domain, make_framework, make_group, make_role, make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    return make_group(make_domain(make_framework()))


def publish(skill: Skill, *changes: Change) -> None:
    revisions.publish(skill, changes, author=None, origin=Revision.Origin.ADMIN)


def near(text: str) -> list[int]:
    return [skill.pk for skill in search.find_similar_skills(text)]


def test_an_entry_holds_folded_words_by_their_worth(group: Group) -> None:
    framework = group.domain.framework
    levels, role = framework.levels.all(), make_role(framework, "Prüfer/in")
    cells = {(role, level): cell("- *Übt* mit C++", proficiency="working") for level in levels[:2]}
    skill = make_skill(group, "Größe & Maß", cells, summary="Ein [Satz](https://example.org).", tag_line="W&B, CI/CD")
    entry = SearchEntry.objects.get(skill=skill)
    assert (entry.name, entry.tags, entry.roles) == ("grosse mass", "wandb ci cd", "prufer in")
    assert entry.body == "ein satz ubt mit cplusplus ubt mit cplusplus working"


def test_a_renamed_skill_is_found_by_its_new_name_alone(group: Group) -> None:
    skill = make_skill(group, "Alchemy")
    publish(skill, Change(Field.NAME, "Alchemy", "Chemistry"))
    assert (search.find_skill_ids("chemistry"), near("chemistri")) == ([skill.pk], [skill.pk])
    assert (search.find_skill_ids("alchemy"), near("alchemi")) == ([], [])


def test_a_changed_requirement_is_found_by_its_new_text_alone(group: Group) -> None:
    framework = group.domain.framework
    role, level = make_role(framework), framework.levels.all()[0]
    skill = make_skill(group, cells={(role, level): cell("former words")})
    place = Place(role.key, level.slug)
    publish(skill, Change(Field.REQUIREMENT, cell("former words"), cell("present words"), place))
    assert (search.find_skill_ids("present"), search.find_skill_ids("former")) == ([skill.pk], [])
    publish(skill, Change(Field.REQUIREMENT, cell("present words"), None, place))
    assert search.find_skill_ids("words") == []


def test_a_renamed_role_is_found_after_its_skills_are_indexed(group: Group) -> None:
    framework = group.domain.framework
    role = make_role(framework, "Astrologer")
    skill = make_skill(group, cells={(role, framework.levels.all()[0]): cell()})
    naming.rename(role, "Astronomer")
    search.index([skill.pk])
    assert (search.find_skill_ids("astronomer"), search.find_skill_ids("astrologer")) == ([skill.pk], [])


@pytest.mark.parametrize("what", ["skill", "queryset", "framework"])
def test_a_deleted_skill_is_found_no_more(group: Group, what: str) -> None:
    skill, kept = make_skill(group, "Gone Skill"), make_skill(make_group(make_domain(make_framework())), "Kept Skill")
    if what == "skill":
        skill.delete()
    elif what == "queryset":
        Skill.objects.filter(pk=skill.pk).delete()
    else:
        Skill.objects.filter(pk=skill.pk).delete()
        group.domain.framework.delete()
    assert (search.find_skill_ids("skill"), near("gone skill"), near("kept skill")) == ([kept.pk], [kept.pk], [kept.pk])


def test_a_skill_that_is_gone_meanwhile_is_left_out(group: Group) -> None:
    search.index([make_skill(group).pk + 1])
    search.index([])
    assert SearchEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_leave_nothing_behind() -> None:
    with transaction.atomic():
        make_skill(make_group(make_domain(make_framework())), "Left Behind")
    call_command("flush", interactive=False, verbosity=0)
    with transaction.atomic():
        skill = make_skill(make_group(make_domain(make_framework())), "Made After")
    assert (search.find_skill_ids("behind"), near("left behind"), search.find_skill_ids("made")) == ([], [], [skill.pk])


@pytest.mark.parametrize("skills", [1, 30])
def test_indexing_takes_as_many_queries_for_many_skills(
    skills: int, django_assert_num_queries: Callable[..., object]
) -> None:
    make_catalogue(skills=skills)
    ids = list(Skill.objects.values_list("pk", flat=True))
    with django_assert_num_queries(5 + 2):  # type: ignore[attr-defined] # two are the savepoint
        search.index(ids)


def test_a_skill_of_the_greatest_size_is_published_and_found(group: Group) -> None:
    framework = group.domain.framework
    roles = [make_role(framework, f"Cook {letter}") for letter in ascii_lowercase]
    letters = "абвгдежзиклмнопрстуфхцчшщыэюя"
    texts = [
        " ".join(f"{letters[n % 29]}{letters[n // 29 % 29]}{number}" for n in range(DESCRIPTION_MAX_LENGTH))
        for number in range(len(roles) * 5)
    ]
    places = [(role, level) for role in roles for level in framework.levels.all()]
    cells = {place: cell(text[:DESCRIPTION_MAX_LENGTH]) for place, text in zip(places, texts, strict=True)}
    skill = make_skill(group, "Enormous", cells)
    assert search.find_skill_ids("enormous бв0") == [skill.pk]
    assert len(SearchEntry.objects.get().body.encode()) <= BODY_MAX_BYTES


def test_a_skill_of_the_greatest_size_without_spaces_is_published_and_found(group: Group) -> None:
    """Each character of three bytes becomes a word of six, and nearly each word is another one."""
    framework = group.domain.framework
    roles = [make_role(framework, f"Cook {letter}") for letter in ascii_lowercase[:5]]
    places = [(role, level) for role in roles for level in framework.levels.all()]
    texts = [
        "".join(chr(0x4E00 + (n * n * 7 + n * 13 * number) % 20_000) for n in range(DESCRIPTION_MAX_LENGTH))
        for number in range(len(places))
    ]
    cells = {place: cell(text) for place, text in zip(places, texts, strict=True)}
    skill = make_skill(group, "Enormous", cells, summary="機械学習の運用")
    assert search.find_skill_ids("enormous 学習") == [skill.pk]
    entry = SearchEntry.objects.get()
    assert len(entry.body.encode()) > BODY_MAX_BYTES - 10
    assert len(set(entry.body.split())) > 50_000


def test_too_many_words_are_kept_once_each_before_any_is_left_out() -> None:
    assert cap_words(["one", "two", "one"], 11) == "one two one"
    assert cap_words(["one", "two", "one"], 10) == "one two"
    assert cap_words(["жук", "два"], 9) == "жук д"


def test_rebuilding_mends_a_lost_and_a_false_entry(group: Group) -> None:
    lost, false = make_skill(group, "Lost Skill"), make_skill(group, "False Skill")
    SearchEntry.objects.filter(skill=lost).delete()
    SearchEntry.objects.filter(skill=false).update(name="nonsense")
    output = StringIO()
    call_command("rebuild_search", stdout=output)
    assert output.getvalue() == "2 skills can be found.\n"
    assert (search.find_skill_ids("lost"), search.find_skill_ids("false"), search.find_skill_ids("nonsense")) == (
        [lost.pk],
        [false.pk],
        [],
    )
    assert (near("lost skil"), near("nonsense")) == ([lost.pk], [])


def test_the_worker_indexes_entries_of_an_earlier_version_again(group: Group) -> None:
    old, current = make_skill(group, "機械学習"), make_skill(group, "学習")
    SearchEntry.objects.filter(skill=old).update(name="機械学習", version=None)  # as version 1 wrote it
    before = CatalogueVersion.objects.get_number()
    index_outdated()
    assert set(search.find_skill_ids("学習")) == {old.pk, current.pk}
    assert set(SearchEntry.objects.values_list("version", flat=True)) == {INDEX_VERSION}
    assert CatalogueVersion.objects.get_number() > before


def test_nothing_is_indexed_again_where_all_is_current(
    group: Group, django_assert_num_queries: Callable[..., object]
) -> None:
    make_skill(group)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        index_outdated()


def test_the_databases_own_tables_agree_with_the_entries_after_all_this(group: Group) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite keeps words in tables beside the entries")
    skill = make_skill(group, "Alchemy", summary="Gold.")
    publish(skill, Change(Field.NAME, "Alchemy", "Chemistry"))
    make_skill(group, "Gone").delete()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO skills_searchwords(skills_searchwords, rank) VALUES ('integrity-check', 1)")
        cursor.execute("SELECT rowid FROM skills_searchtrigrams WHERE skills_searchtrigrams MATCH 'alc OR hem'")
        assert cursor.fetchall() == [(skill.pk,)]

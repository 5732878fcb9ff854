"""An evidence file is checked: whatever was changed, left out or added is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.evidence.bag import MANIFEST, TAG_MANIFEST
from layers.evidence.chain import chained
from layers.evidence.verify import EVIDENCE, EXPORT, check_register, examine
from tests.layers import archives

FILES = ("bag-info.txt", "bagit.txt", EXPORT, MANIFEST, TAG_MANIFEST, "data/after.png", EVIDENCE)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return archives.make(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def files(archive):
    return archives.members(archive)


def faults(files, **how):
    """What is found in an archive of these files: where, and the whole sentence."""
    with tempfile.TemporaryDirectory() as folder:
        return told(archives.packed(files, Path(folder) / "a.zip", **how))


def told(path):
    return {each.where: f"{each.where} {each.en}" for each in examine(path).faults}


def without_changes(path):
    verdict = examine(path)
    return not verdict.faults and (verdict.files, verdict.entries) == (len(FILES), 4)


def test_what_was_made_is_found_as_it_was_made(archive, files):
    assert sorted(files) == sorted(FILES)
    assert without_changes(archive)


@given(st.data())
def test_one_byte_changed_anywhere_is_found_and_the_file_named(files, data):
    name = data.draw(st.sampled_from(FILES))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != files[name][place]))
    changed = files[name][:place] + bytes([other]) + files[name][place + 1 :]
    found = faults({**files, name: changed})
    assert any(name in sentence for sentence in found.values()), found


@given(st.data())
def test_a_byte_added_or_cut_off_anywhere_is_found_and_the_file_named(files, data):
    name = data.draw(st.sampled_from(FILES))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    more = data.draw(st.binary(max_size=1))
    changed = files[name][:place] + more + files[name][place + (0 if more else 1) :]
    found = faults({**files, name: changed})
    assert any(name in sentence for sentence in found.values()), found


@given(st.data())
def test_a_byte_flipped_on_the_disk_is_found_and_the_file_named(archive, files, data):
    name = data.draw(st.sampled_from(FILES))
    raw = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        member = opened.getinfo(f"{archives.NAME}/{name}")
        start = member.header_offset + 30 + len(member.filename)
    raw[start + data.draw(st.integers(0, member.file_size - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.zip"
        copy.write_bytes(raw)
        assert any(name in sentence for sentence in told(copy).values())


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_taken_away_is_named_as_missing(files, name):
    assert "is missing" in faults({key: files[key] for key in files if key != name})[name]


@pytest.mark.parametrize("name", ["data/more.png", "more.txt", "data/deep/er.txt"])
def test_a_file_that_was_added_is_named_as_extra(files, name):
    assert "is extra" in faults({**files, name: b"x"})[name]


def test_a_file_outside_the_bag_is_named(files, tmp_path):
    path = archives.packed(files, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other/../letter.txt", b"x")
    assert told(path) == {"other/../letter.txt": "other/../letter.txt lies outside the bag"}


def test_a_file_that_is_there_twice_is_named(files, tmp_path):
    path = archives.packed(files, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(f"{archives.NAME}/data/after.png", b"x")
    assert "is there twice" in told(path)["data/after.png"]


def test_two_files_that_changed_places_are_both_named(files):
    swapped = {**files, "data/after.png": files[EVIDENCE], EVIDENCE: files["data/after.png"]}
    assert {"data/after.png", EVIDENCE} <= set(faults(swapped))


@pytest.mark.parametrize(
    "how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_packed_anew_in_another_order_and_compression_it_still_holds(files, tmp_path, how):
    path = archives.packed(dict(reversed(files.items())), tmp_path / "a.zip", how)
    assert without_changes(path)


def test_packed_anew_with_other_tools_it_still_holds(archive, tmp_path):
    shutil.unpack_archive(archive, tmp_path / "out")
    assert without_changes(Path(shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path / "out")))
    bare = shutil.make_archive(str(tmp_path / "c"), "zip", tmp_path / "out" / archives.NAME)
    assert without_changes(Path(bare))


def test_sha256sum_finds_it_whole_and_then_the_changed_file(archive, tmp_path):
    shutil.unpack_archive(archive, tmp_path)
    bag = tmp_path / archives.NAME
    for name in (MANIFEST, TAG_MANIFEST):
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", name], cwd=bag, capture_output=True, text=True, check=True
        )
        assert done.stdout.count(": OK") == (2 if name == MANIFEST else 4)
    with (bag / "data" / "after.png").open("ab") as picture:
        picture.write(b"x")
    done = subprocess.run(["sha256sum", "-c", MANIFEST], cwd=bag, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "data/after.png: FAILED" in done.stdout


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (2, lambda entries: entries.pop(1)),
        (2, lambda entries: entries.insert(1, entries[0])),
        (2, lambda entries: entries.insert(1, entries.pop(2))),
        (3, lambda entries: entries[2]["facts"].update(by="别人")),
        (5, lambda entries: entries.pop()),
    ],
    ids=["left out", "added", "swapped", "changed", "the last one left out"],
)
def test_a_broken_chain_is_named_with_its_entry_although_the_digests_of_files_are_right(files, place, change):
    document = json.loads(files[EVIDENCE])
    change(document["entries"])
    said = faults(archives.forged(files, document))
    where = f"{EVIDENCE} #{min(place, len(document['entries']) + 1)}"
    assert f"chain broken at entry {where.rpartition('#')[2]}" in said[where]


def test_a_file_that_is_another_than_its_entry_says_is_named(files):
    other = {**files, "data/after.png": b"other"}
    said = faults(archives.forged(other, json.loads(files[EVIDENCE])))
    assert said == {"data/after.png": "data/after.png does not match entry 4 of evidence.json"}


def forgery(files, tmp_path):
    """A true picture of a verdict that was never given, all digests computed anew."""
    document = json.loads(files[EVIDENCE])
    links = [{"kind": each["kind"], "facts": each["facts"]} for each in document["entries"]]
    links[1]["facts"]["by"] = "别人"
    document["entries"] = chained(links)
    document["head_sha256"] = document["entries"][-1]["sha256"]
    return archives.packed(archives.forged(files, document), tmp_path / "forged.zip")


def test_who_computes_everything_anew_is_found_by_the_register_and_only_there(archive, files, tmp_path):
    line = examine(archive).line
    true, false = examine(archive), examine(forgery(files, tmp_path))
    assert not true.faults and not false.faults
    for verdict in (true, false):
        check_register([line], verdict)
    assert not true.faults
    assert {each.where for each in false.faults} == {EXPORT}
    assert "manifest_sha256" in " ".join(each.en for each in false.faults)


def test_a_number_that_the_register_does_not_have_is_named(archive):
    verdict = examine(archive)
    check_register([], verdict)
    assert ["the register has no number 1" in each.en for each in verdict.faults] == [True]


def test_a_register_from_which_a_line_is_gone_is_named(archive):
    verdict = examine(archive)
    line = verdict.line
    later = chained([line, {**line, "made_by": "b"}, {**line, "made_by": "c"}])
    check_register([line, later[2]], verdict)
    assert "the chain of the register is broken here" in {each.en for each in verdict.faults}


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "letter.zip"
    path.write_bytes(content)
    assert examine(path).faults


@given(st.binary(max_size=400))
def test_nothing_that_stands_for_the_document_or_the_line_makes_it_fail(files, junk):
    assert faults({**files, EVIDENCE: junk, EXPORT: junk})

"""The places from which setup/ takes Odoo."""

import gzip
import subprocess

import pytest
from environment import debian, odoo_source
from environment.console import Failure
from environment.odoo_source import OdooSource

RELEASE = "version_info = ({}, 0, FINAL, 0, '')\n"


@pytest.fixture
def fonts(tmp_path):
    return tmp_path / "fonts"


def make_tree(folder, series="19, 0"):
    (folder / "odoo" / "addons").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(RELEASE.format(series))
    return folder


def git(folder, *arguments):
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a repository that is cloned instead of Odoo's, which is large and needs the network."""
    folder = make_tree(tmp_path / "repository")
    git(folder, "init", "--initial-branch=19.0")
    git(folder, "add", ".")
    git(folder, "commit", "--message=first")
    monkeypatch.setattr(odoo_source, "REPOSITORY", folder.as_uri())
    return folder


@pytest.fixture
def no_apt(tmp_path, monkeypatch):
    """Return a folder that is the whole PATH, with git and without apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(subprocess.check_output(["which", "git"], text=True).strip())
    monkeypatch.setenv("PATH", str(folder))
    return folder


# Odoo


def test_odoo_home_comes_first(cache, fonts, tmp_path, monkeypatch):
    home = make_tree(tmp_path / "home")
    monkeypatch.setenv("ODOO_HOME", str(home))
    assert odoo_source.ensure(cache, fonts).path == home
    assert not list(cache.root.iterdir())


def test_odoo_home_may_be_an_unpacked_package(cache, fonts, tmp_path, monkeypatch):
    home = make_tree(tmp_path / "home/usr/lib/python3/dist-packages")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path / "home"))
    assert odoo_source.ensure(cache, fonts).path == home


@pytest.mark.parametrize(("series", "message"), [("18, 0", "is not 19.0"), (None, "No Odoo in")])
def test_a_wrong_odoo_home_is_reported(cache, fonts, tmp_path, monkeypatch, series, message):
    if series:
        make_tree(tmp_path, series)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match=message):
        odoo_source.ensure(cache, fonts)


def test_a_clone_comes_last(cache, fonts, repository, no_apt, monkeypatch):
    monkeypatch.delenv("ODOO_HOME", raising=False)
    source = odoo_source.ensure(cache, fonts)
    assert (source.path / ".git").exists()
    assert source.path.is_relative_to(cache.root)


def test_debian_comes_before_the_clone(cache, fonts, repository, monkeypatch):
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setattr(odoo_source, "_unpack_debian", lambda tree, fonts: make_tree(tree))
    assert not (odoo_source.ensure(cache, fonts).path / ".git").exists()


def test_without_any_source_each_reason_is_reported(cache, fonts, tmp_path, no_apt, monkeypatch):
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setattr(odoo_source, "REPOSITORY", (tmp_path / "nowhere").as_uri())
    with pytest.raises(Failure) as failure:
        odoo_source.ensure(cache, fonts)
    for reason in ("needs apt-get", "Cloning", "ODOO_HOME", "Check the network"):
        assert reason in str(failure.value)


def test_the_machines_own_debian_mirrors_are_used(no_apt):
    uris = [
        "'http://one.example/debian/dists/stable/InRelease' x 0",
        "'http://one.example/debian/dists/stable/main/binary-amd64/Packages.xz' x 0",
        "'http://one.example/debian/dists/stable-updates/InRelease' x 0",
        "'http://one.example/debian-security/dists/stable-security/InRelease' x 0",
        "'http://two.example/dists/stable/InRelease' x 0",
    ]
    lines = "\n".join(uris)
    command = no_apt / "apt-get"
    command.write_text(f'#!/bin/sh\necho "{lines}"\n')
    command.chmod(0o755)
    assert debian.mirrors() == ["http://one.example/debian", "http://two.example"]


def test_another_commit_changes_the_fingerprint(repository):
    before = OdooSource(repository).fingerprint
    assert OdooSource(repository).fingerprint == before
    git(repository, "commit", "--allow-empty", "--message=second")
    assert OdooSource(repository).fingerprint != before


def test_a_clone_is_described_by_its_commit(repository):
    commit = subprocess.check_output(
        ["git", "rev-parse", "--short", "HEAD"], cwd=repository, text=True
    )
    assert f"Odoo 19.0, commit {commit.strip()} of 2" in OdooSource(repository).describe()


def test_debian_s_package_is_described_by_its_changelog(tmp_path):
    tree = make_tree(tmp_path / "usr/lib/python3/dist-packages")
    changelog = tmp_path / "usr" / odoo_source.CHANGELOG
    changelog.parent.mkdir(parents=True)
    entries = [
        f"odoo (19.0.{day}+dfsg-1) unstable; urgency=medium\n\n  * (that)\n\n"
        f" -- One <a@b.example>  Sun, {day} Mar 2026 18:00:00 +0100\n"
        for day in (22, 15)
    ]
    changelog.write_bytes(gzip.compress("\n".join(entries).encode()))
    assert OdooSource(tree).describe() == "Odoo 19.0, Debian's 19.0.22+dfsg-1 of 22 Mar 2026"


def test_a_tree_without_a_date_says_so(tmp_path):
    assert "whose date nothing tells" in OdooSource(make_tree(tmp_path)).describe()


def test_the_addons_beside_odoo_are_used_when_odoo_has_them_there_only(tmp_path):
    source = OdooSource(make_tree(tmp_path))
    (tmp_path / "addons").mkdir()
    assert source.addons == [tmp_path / "addons"]
    (tmp_path / "odoo" / "addons" / "account").mkdir()
    assert source.addons == []

"""Only addresses of Lucca, and those that an administrator lists, may be given the API key."""

import socket
from contextlib import nullcontext
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api import hosts
from lucca.api.errors import InvalidAnswer, InvalidHost
from lucca.api.hosts import (
    base_url,
    check_redirect,
    is_loopback,
    is_lucca,
    may_get_key,
    root_url,
    split_hosts,
)

from .helpers import examined

DOCUMENTED = [
    "acme.ilucca.net",
    "acme.ilucca.ch",
    "acme.ilucca-test.net",
    "acme.ilucca-test.ch",
    "acme.ilucca-demo.net",
    "acme.ilucca-demo.ch",
    "acme-dev.sandbox.eu1.luccasoftware.com",
    "acme-dev.sandbox.eu2.luccasoftware.com",
    "acme-dev.sandbox.ch1.luccasoftware.com",
]


@pytest.mark.parametrize("host", DOCUMENTED)
def test_the_documented_domains_are_accepted(host):
    assert base_url(host) == base_url(f"https://{host}") == f"https://{host}"


@pytest.mark.parametrize(
    "typed",
    [
        "https://acme.ilucca.net/",
        "https://acme.ilucca.net/some/page?x=1#top",
        "https://acme.ilucca.net/login?returnUrl=https://evil.com/",
        "acme.ilucca.net/cleemy-procurement",
        "acme.ilucca.net/login?returnUrl=https://acme.ilucca.net/home",
        "  acme.ilucca.net\n",
        "ACME.iLucca.Net",
        "HTTPS://acme.ilucca.net",
        "acme.ilucca.net:443",
        "https://acme.ilucca.net:/",
    ],
)
def test_an_address_copied_from_a_browser_gives_the_accounts_root(typed):
    assert base_url(typed) == root_url(typed) == "https://acme.ilucca.net"


@pytest.mark.parametrize(
    "host",
    [
        "acme.ilucca.net.evil.com",
        "evil-ilucca.net",
        "evililucca.net",
        "ilucca.net",
        ".ilucca.net",
        "acme..ilucca.net",
        "acme.ilucca.com",
        "acme.luccasoftware.com",
        "sandbox.eu1.luccasoftware.com",
        "evil.com/acme.ilucca.net",
        "evil.com#.ilucca.net",
        "evil.com?.ilucca.net",
        "evil.com\\.ilucca.net",
        "https://evil.com\\@acme.ilucca.net",
        "https://acme.ilucca.net@evil.com",
        "user:secret@acme.ilucca.net",
        "acmé.ilucca.net",
        "acme.ilucca。net",
        "acme.ilucca.n\u0435t",  # a Cyrillic letter
        "evil.com%2f.ilucca.net",
        "acme.ilucca.net%00.evil.com",
        "acme .ilucca.net",
    ],
)
def test_a_look_alike_is_refused(host):
    with pytest.raises(InvalidHost):
        base_url(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "   ",
        "acme",
        "https://",
        "ftp://acme.ilucca.net",
        "javascript://acme.ilucca.net",
        "//acme.ilucca.net",
        "https:/acme.ilucca.net",
        "acme.ilucca.net:8443",
        "acme.ilucca.net:0",
        "acme.ilucca.net:https",
        "acme.ilucca.net:99999",
        "http://[",
        "93.184.216.34",
        "[2606:2800:220:1::]",
    ],
)
def test_any_other_address_is_refused_and_named(host):
    with pytest.raises(InvalidHost) as caught:
        base_url(host)
    assert caught.value.values["host"] == host


class TestPlainHttp:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:8070",
            "http://localhost:8070",
            "http://[::1]:8070",
            "http://127.0.0.1",
            "https://localhost:8443",
        ],
    )
    def test_a_loopback_address_may_do_without_https(self, url):
        assert base_url(url) == url
        assert base_url(f"{url}/any/page") == url

    def test_the_default_port_is_left_out(self):
        assert base_url("http://127.0.0.1:80") == "http://127.0.0.1"

    @pytest.mark.parametrize("host", ["acme.ilucca.net", "10.0.0.1", "localhost.evil.com", "127.1"])
    def test_no_other_address_may_use_http(self, host):
        with pytest.raises(InvalidHost):
            base_url(f"http://{host}", extra_hosts=["10.0.0.1"])

    def test_a_loopback_address_may_not_have_a_user(self):
        with pytest.raises(InvalidHost):
            base_url("http://user@127.0.0.1")


class TestExtraHosts:
    @pytest.mark.parametrize(
        "text",
        ["a.com,b.com:8443", "a.com, b.com:8443", "a.com;b.com:8443", " a.com\nb.com:8443\n"],
    )
    def test_the_hosts_of_a_list_may_be_separated_in_several_ways(self, text):
        assert split_hosts(text) == ["a.com", "b.com:8443"]

    EXTRA = ("lucca.example.com", " Proxy.Example.com:8443 ", "")

    @pytest.mark.parametrize("host", ["lucca.example.com", "proxy.example.com:8443"])
    def test_a_listed_host_is_allowed(self, host):
        assert base_url(f"https://{host}/page", self.EXTRA) == f"https://{host}"

    @pytest.mark.parametrize(
        "host", ["a.lucca.example.com", "lucca.example.com:8443", "proxy.example.com", "", "com"]
    )
    def test_only_the_listed_host_and_port_are_allowed(self, host):
        with pytest.raises(InvalidHost):
            base_url(host, self.EXTRA)

    def test_the_listed_hosts_may_come_from_any_iterable(self):
        hosts = (host for host in self.EXTRA)
        assert base_url("lucca.example.com", hosts) == "https://lucca.example.com"


class TestRedirects:
    """The check of redirects, for addresses that have no server in ``test_client_redirects``."""

    LUCCA = "https://acme.ilucca.net/file"

    @pytest.mark.parametrize("url", [LUCCA, "http://127.0.0.1:8070/file"])
    def test_a_public_address_may_be_fetched_over_https(self, url):
        check_redirect(url, "https://93.184.216.34/file")

    @pytest.mark.parametrize(
        "target",
        [
            "http://93.184.216.34/file",
            "http://acme.ilucca.net/file",
            "https://127.0.0.1/file",
            "https://localhost/file",
            "http://localhost:8069/web",
            "acme.ilucca.net/file",
            "acme.ilucca.net:443",
            "http:443",
            "http:/acme.ilucca.net/file",
        ],
    )
    def test_any_other_redirect_is_refused(self, target):
        with pytest.raises(InvalidAnswer):
            check_redirect(self.LUCCA, target)

    def test_a_redirect_to_the_same_private_host_is_allowed(self):
        check_redirect("https://10.0.0.1:8443/a", "https://10.0.0.1:8443/b")
        check_redirect(self.LUCCA, "https://ACME.ilucca.net:443/login")

    @pytest.mark.parametrize(
        ("addresses", "is_public"),
        [
            (["93.184.216.34", "2606:2800:220:1::"], True),
            (["93.184.216.34", "10.0.0.1"], False),
            (["2606:2800:220:1::", "fd00::1"], False),
            (["::ffff:10.0.0.1"], False),
            (["fe80::1%eth0"], False),
        ],
    )
    def test_a_name_is_public_if_all_its_addresses_are(self, monkeypatch, addresses, is_public):
        found = [(0, 0, 0, "", (address, 443)) for address in addresses]
        resolver = SimpleNamespace(getaddrinfo=lambda _name, _port: found)
        monkeypatch.setattr(hosts, "socket", resolver)
        with nullcontext() if is_public else pytest.raises(InvalidAnswer):
            check_redirect(self.LUCCA, "https://storage.example/file")

    @pytest.mark.parametrize(("port", "asked"), [("", 443), (":8443", 8443)])
    def test_a_name_is_looked_up_with_its_port(self, monkeypatch, port, asked):
        resolver = SimpleNamespace(getaddrinfo=Mock(return_value=[]))
        monkeypatch.setattr(hosts, "socket", resolver)
        check_redirect(self.LUCCA, f"https://storage.example{port}/file")
        resolver.getaddrinfo.assert_called_once_with("storage.example", asked)

    def test_a_name_that_only_a_proxy_can_resolve_is_allowed(self, monkeypatch):
        resolver = SimpleNamespace(getaddrinfo=Mock(side_effect=socket.gaierror))
        monkeypatch.setattr(hosts, "socket", resolver)
        check_redirect(self.LUCCA, "https://storage.example/file")


@pytest.mark.parametrize(
    ("host", "is_here", "is_luccas"),
    [
        ("127.0.0.1:8070", True, False),
        ("http://[::1]/page", True, False),
        ("acme.ilucca.net", False, True),
        ("https://acme.ilucca.ch/page", False, True),
        ("acme.ilucca.net:8443", False, False),
        ("proxy.acme.com", False, False),
    ],
)
def test_an_address_belongs_to_this_machine_to_lucca_or_to_another(host, is_here, is_luccas):
    assert (is_loopback(host), is_lucca(host)) == (is_here, is_luccas)


@pytest.mark.parametrize("ask", [is_loopback, is_lucca])
def test_a_text_that_is_no_address_belongs_to_nobody(ask):
    with pytest.raises(InvalidHost):
        ask("ftp://localhost")


@examined
@given(
    st.text(max_size=30)
    | st.builds("{}{}acme.ilucca.net{}".format, st.text(max_size=5), st.text(max_size=5), st.text())
)
def test_any_text_is_an_address_of_lucca_or_refused(text):
    try:
        url = base_url(text)
    except InvalidHost:
        return
    assert url.endswith(("ilucca.net", "127.0.0.1", "localhost"))
    assert url.count("/") == 2


@pytest.mark.parametrize(
    ("url", "typed_for", "may"),
    [
        ("https://acme.ilucca.net", "acme.ilucca.net", True),
        ("https://acme.ilucca-test.net", "acme.ilucca.net", True),
        ("https://acme.ilucca.net", "proxy.acme.com", True),
        ("https://proxy.acme.com", "proxy.acme.com", True),
        ("https://proxy.acme.com:8443", "proxy.acme.com", False),
        ("https://proxy.acme.com", "acme.ilucca.net", False),
        ("https://evil.com", "proxy.acme.com", False),
        ("http://127.0.0.1:8070", "acme.ilucca.net", False),
        ("http://127.0.0.1:8070", "http://localhost:9", True),
        ("https://acme.ilucca.net", "http://localhost:9", True),
    ],
)
def test_a_key_goes_to_the_host_it_was_typed_for_or_to_lucca(url, typed_for, may):
    assert may_get_key(url, typed_for) is may

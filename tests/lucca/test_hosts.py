"""Which addresses may be given the API key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.errors import InvalidHost
from lucca.hosts import base_url

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
def test_the_documented_domains_are_lucca(host):
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
def test_what_a_browser_shows_gives_the_accounts_root(typed):
    assert base_url(typed) == "https://acme.ilucca.net"


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
def test_what_is_no_address_of_lucca_is_refused_and_named(host):
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

    def test_the_usual_port_need_not_be_said(self):
        assert base_url("http://127.0.0.1:80") == "http://127.0.0.1"

    @pytest.mark.parametrize("host", ["acme.ilucca.net", "10.0.0.1", "localhost.evil.com", "127.1"])
    def test_nothing_else_may(self, host):
        with pytest.raises(InvalidHost):
            base_url(f"http://{host}", extra_hosts=["10.0.0.1"])

    def test_a_loopback_address_has_no_user_either(self):
        with pytest.raises(InvalidHost):
            base_url("http://user@127.0.0.1")


class TestExtraHosts:
    EXTRA = ("lucca.example.com", " Proxy.Example.com:8443 ", "")

    @pytest.mark.parametrize("host", ["lucca.example.com", "proxy.example.com:8443"])
    def test_a_listed_host_is_allowed(self, host):
        assert base_url(f"https://{host}/page", self.EXTRA) == f"https://{host}"

    @pytest.mark.parametrize(
        "host", ["a.lucca.example.com", "lucca.example.com:8443", "proxy.example.com", "", "com"]
    )
    def test_only_the_very_host_and_port_are(self, host):
        with pytest.raises(InvalidHost):
            base_url(host, self.EXTRA)

    def test_they_may_come_from_any_iterable(self):
        hosts = (host for host in self.EXTRA)
        assert base_url("lucca.example.com", hosts) == "https://lucca.example.com"


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

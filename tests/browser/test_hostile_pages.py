"""Pages that try to reach what is on this machine: no connection arrives there at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.errors import BrowserError
from tests.browser.tiny_site import Answer, TinySite

pytestmark = pytest.mark.browser


class Victim:
    """A service on this machine, at one port of several addresses, that notes who speaks to it."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = int(self._sockets[0].getsockname()[1])
        self._sockets.append(socket.create_server(("127.0.0.2", self.port)))
        with suppress(OSError):
            address = ("::1", self.port)
            self._sockets.append(socket.create_server(address, family=socket.AF_INET6))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", self.port))
        self._sockets.append(datagrams)

    def __enter__(self) -> Self:
        for listening in self._sockets:
            Thread(target=self._listen, args=(listening,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for listening in self._sockets:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)  # wakes who listens
            listening.close()

    def _listen(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                if listening.type == socket.SOCK_DGRAM:
                    if not (data := listening.recv(100)):
                        return
                    self.messages.append(f"a datagram: {data!r}")
                    continue
                visitor = listening.accept()[0]
                self.messages.append("a connection")
                with visitor, suppress(OSError):
                    visitor.settimeout(1)
                    self.messages.append(repr(visitor.recv(100).partition(b"\r\n")[0]))
                    visitor.sendall(
                        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"
                        b"Content-Length: 6\r\nConnection: close\r\n\r\nsecret"
                    )


# Each way gets the address of a host and port, and gives a promise, if there is one to wait for.
WAYS = """
const victim = %s;
const element = (name, attributes) => new Promise((done) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.onload = made.onerror = done;
  document.body.append(made);
});
const closed = (made) =>
  new Promise((done) => { made.onerror = made.onclose = made.onmessage = done; });
const peer = async (urls) => {
  const connection = new RTCPeerConnection(
    {iceServers: [{urls, username: 'u', credential: 'c'}]});
  connection.createDataChannel('x');
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise((done) => {
    connection.onicegatheringstatechange = () =>
      connection.iceGatheringState === 'complete' && done();
    setTimeout(done, 1000);
  });
};
const ways = (host) => ({
  fetch: () => fetch(`http://${host}/fetch`),
  opaque: () => fetch(`http://${host}/opaque`, {mode: 'no-cors', method: 'POST', body: 'x'}),
  beacon: () => navigator.sendBeacon(`http://${host}/beacon`, 'x'),
  iframe: () => element('iframe', {src: `http://${host}/iframe`}),
  img: () => { element('img', {src: `http://${host}/img`}); },
  popup: () => { window.open(`http://${host}/popup`); },
  script: () => element('script', {src: `http://${host}/script`}),
  style: () => element('link', {rel: 'stylesheet', href: `http://${host}/style`}),
  preconnect: () => { element('link', {rel: 'preconnect', href: `http://${host}`}); },
  prefetch: () => { element('link', {rel: 'prefetch', href: `http://${host}/prefetch`}); },
  video: () => { element('video', {src: `http://${host}/video`, preload: 'auto'}); },
  events: () => closed(new EventSource(`http://${host}/events`)),
  socket: () => closed(new WebSocket(`ws://${host}/socket`)),
  secret_socket: () => closed(new WebSocket(`wss://${host}/socket`)),
  tls: () => fetch(`https://${host}/tls`),
  worker: () => closed(new Worker(URL.createObjectURL(
    new Blob([`fetch('http://${host}/worker').finally(() => postMessage(1))`])))),
  redirected: () => fetch(`/redirect?to=${encodeURIComponent(`http://${host}/redirected`)}`),
  quic: () => new WebTransport(`https://${host}/quic`).ready,
});
const tried = [];
for (const name of victim.names) {
  for (const [way, go] of Object.entries(ways(`${name}:${victim.port}`))) {
    if (name === victim.names[0] || way === 'fetch') {
      tried.push(Promise.resolve().then(go).catch(() => {}));
    }
  }
}
tried.push(peer(`stun:127.0.0.1:${victim.port}`));
tried.push(peer(`turn:127.0.0.1:${victim.port}?transport=tcp`));
Promise.all(tried).then(() => { window.finished = true; });
"""
NAMES = (
    *("127.0.0.1", "127.0.0.2", "localhost", "service.localhost", "[::1]", "[::ffff:127.0.0.1]"),
    *("2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "127.0.0.1.", "localhost."),  # noqa: S104 - asked for, not bound
)


@pytest.fixture(scope="module")
def browser() -> Iterator[ChromiumBrowser]:
    with ChromiumBrowser() as running:
        yield running


def test_no_way_of_a_page_leads_to_another_place_on_this_machine(browser: ChromiumBrowser) -> None:
    with Victim() as victim:
        script = WAYS % json.dumps({"names": NAMES, "port": victim.port})
        redirects = {
            f"/redirect?to=http%3A%2F%2F127.0.0.1%3A{victim.port}%2Fredirected": Answer(
                302, headers=(("Location", f"http://127.0.0.1:{victim.port}/redirected"),)
            )
        }
        body = f"<body><script>{script}</script>"
        with TinySite({"/": Answer(body=body), **redirects}) as site:
            page = browser.open(site.url)
            finished = page.wait_for("return window.finished;", 10)
    assert finished
    assert any(visit.startswith("/redirect") for visit in site.visits)
    assert victim.messages == []


NAVIGATIONS = {
    "link": """<a href="ADDRESS">x</a><script>document.querySelector('a').click()</script>""",
    "script": """<script>location = 'ADDRESS'</script>""",
    "meta": """<meta http-equiv="refresh" content="0; url=ADDRESS">""",
    "form": """<form method="post" action="ADDRESS"></form>
        <script>document.forms[0].submit()</script>""",
}


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost"])
@pytest.mark.parametrize("way", [*NAVIGATIONS, "redirect"])
def test_a_page_that_leads_elsewhere_on_this_machine_is_an_error(
    browser: ChromiumBrowser, way: str, host: str
) -> None:
    with Victim() as victim:
        address = f"http://{host}:{victim.port}/"
        answer = Answer(302, headers=(("Location", address),))
        if way in NAVIGATIONS:
            answer = Answer(body=NAVIGATIONS[way].replace("ADDRESS", address))
        with (
            TinySite({"/": answer}) as site,
            pytest.raises(BrowserError, match=f"leads to {host}:{victim.port}, which is on this"),
        ):
            browser.open(site.url).wait_for("return false;", 5)
    assert victim.messages == []


FILE_WAYS = """<body><script>
const address = 'ADDRESS';
window.heard = [];
onmessage = ({data}) => heard.push(data);
const element = (name, attributes) => new Promise((done) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.onload = made.onerror = done;
  document.body.append(made);
});
element('iframe', {src: address});  // an event may never come of these two
element('iframe', {src: `view-source:${address}`});
Promise.allSettled([
  fetch(address).then((answer) => answer.text()).then((text) => heard.push(text)),
  fetch('/redirect').then((answer) => answer.text()).then((text) => heard.push(text)),
  element('script', {src: address}),
  element('iframe', {src: '/redirect'}),
  new Promise((done) => { new Worker(address).onerror = done; }),
]).then(() => { location = address; setTimeout(() => { window.finished = true; }, 300); });
</script>"""


def test_no_way_of_a_page_leads_to_a_file(browser: ChromiumBrowser, tmp_path: Path) -> None:
    file = tmp_path / "planted.html"
    file.write_text(
        "parent.postMessage('planted', '*') //<script>parent.postMessage('p', '*')</script>"
    )
    pages = {
        "/": Answer(body=FILE_WAYS.replace("ADDRESS", file.as_uri())),
        "/redirect": Answer(302, headers=(("Location", file.as_uri()),)),
    }
    with TinySite(pages) as site:
        page = browser.open(site.url)
        assert page.wait_for("return window.finished;", 10)
        assert page.evaluate("return heard;") == []
        assert page.url == f"{site.url}/"
        with pytest.raises(BrowserError, match="ERR_UNSAFE_REDIRECT"):
            browser.open(f"{site.url}/redirect").evaluate("")

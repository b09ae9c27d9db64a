# Python's websockets against servers of the live engine: python_client.py ECHO NODE (ports).
#
# ECHO says everything again; NODE is a node of a cluster in whose plan this client is not.
# The library's keep-alive matches pongs by what they carry.
import asyncio
import sys
import urllib.error
import urllib.request

import websockets

ECHO, NODE = (f"127.0.0.1:{port}" for port in sys.argv[1:3])
PATH = "/ws?endpoint=0&connection=1"  # as a client of squall's names itself, without being one
PATIENCE = 60  # seconds for one check
failed = passed = 0


async def check(sentence, run):
    global failed, passed
    try:
        await asyncio.wait_for(run, PATIENCE)
        passed += 1
    except Exception as error:  # whatever went wrong, the sentence does not hold
        failed += 1
        print(f"FAILED: {sentence}: {type(error).__name__}: {error}")


def connect(address, **options):
    return websockets.connect(f"ws://{address}{PATH}", max_size=None, **options)


def expect(seen, wanted, what):
    assert seen == wanted, f"{what}: {seen!r}, not {wanted!r}"


async def code_of(socket):
    """The code of the goodbye that comes."""
    try:
        while True:
            await socket.recv()
    except websockets.ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006


async def says_again(payload, pieces=None):
    async with connect(ECHO) as socket:
        await socket.send(pieces or payload)
        expect(await socket.recv(), payload, "answer")


async def pongs(address):
    async with connect(address) as socket:
        for payload in (b"", b"keep-alive", b"x" * 125):
            await (await socket.ping(payload))


async def keep_alive(address):
    # Pings by itself and gives up on a pong that is not its own.
    async with connect(address, ping_interval=0.05, ping_timeout=20) as socket:
        for _ in range(10):
            await (await socket.ping())
            await asyncio.sleep(0.02)
        assert socket.close_code is None


async def goodbye(address, code):
    socket = await connect(address)
    await socket.close(code=code, reason="so long")
    expect(socket.close_code, code, "code")


async def goodbye_of_the_server():
    async with connect(ECHO) as socket:
        await socket.send("close 1012")
        expect(await code_of(socket), 1012, "code")


async def subprotocol():
    async with connect(NODE, subprotocols=["chat", "superchat"]) as socket:
        expect(socket.subprotocol, None, "subprotocol")
        await (await socket.ping())


async def too_much():
    socket = await connect(NODE)

    async def say():
        await socket.send(bytes(20 << 20))
    saying = asyncio.ensure_future(say())
    # websockets 13 to 15 find no loop on a transport that is gone, wherever they look for it.
    try:
        code = await code_of(socket)
    except AttributeError:
        code = socket.close_code
    expect(code, 1009, "code")
    await asyncio.gather(saying, return_exceptions=True)


async def ordinary_request():
    def ask():
        try:
            urllib.request.urlopen(f"http://{NODE}/", timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Sec-WebSocket-Version"]
    expect(await asyncio.get_running_loop().run_in_executor(None, ask), (426, "13"), "answer")


async def main():
    await check("text comes back", says_again("h\u00e9 \u20ac \U0001f99d\0"))
    for size in (0, 125, 126, 65535, 65536, 1 << 20, 12 << 20):
        await check(f"{size} bytes come back", says_again(bytes(size)))
    await check("fragments are put together", says_again("one two", ["one", " ", "", "two"]))
    await check("fragments of bytes are, too", says_again(b"abc", [b"a", b"b", b"c"]))
    for address in (ECHO, NODE):
        await check(f"pongs of {address} carry what the pings did", pongs(address))
        await check(f"a keep-alive with {address} lives", keep_alive(address))
        for code in (1000, 1001, 3000, 4999):
            await check(f"{address} answers a goodbye with {code}", goodbye(address, code))
    await check("a goodbye of the server is heard", goodbye_of_the_server())
    await check("no subprotocol is chosen", subprotocol())
    await check("who sends too much hears 1009", too_much())
    await check("an ordinary request is answered with 426", ordinary_request())
    print(f"{passed} passed, {failed} failed")


asyncio.run(main())
sys.exit(1 if failed else 0)

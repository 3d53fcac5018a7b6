"""Publishes messages with every property and every type of header, and prints what is in a queue. A test program.

What it prints of a header is its type's letter and its bytes on the wire, so two messages look the same only if all
types are the same. Pika itself forgets how wide an integer was.
"""

import argparse
import hashlib
import struct

import pika
import pika.data

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("do", choices=["publish", "print"])
options.add_argument("queue")
options.add_argument("--port", type=int, default=5672)
options.add_argument("--vhost", default="/")
options.add_argument("--largest", type=int, default=16 << 20, help="bytes of the largest body")
asked = options.parse_args()


class Raw:
    """A header's value as it stands on the wire."""

    def __init__(self, letter, payload):
        self.letter, self.payload = letter, payload

    def __repr__(self):
        return f"{self.letter}:{hashlib.sha256(self.payload).hexdigest() if len(self.payload) > 64 else self.payload.hex()}"


widths = {b"t": 1, b"b": 1, b"B": 1, b"s": 2, b"u": 2, b"I": 4, b"i": 4, b"l": 8, b"f": 4, b"d": 8, b"D": 5, b"T": 8, b"V": 0}
encode, decode = pika.data.encode_value, pika.data.decode_value


def encode_value(pieces, value):
    if not isinstance(value, Raw):
        return encode(pieces, value)
    pieces.append(value.letter.encode() + value.payload)
    return 1 + len(value.payload)


def decode_value(encoded, offset):
    letter = encoded[offset : offset + 1]
    if letter in widths:
        end = offset + 1 + widths[letter]
    elif letter in (b"S", b"x"):
        end = offset + 5 + struct.unpack_from(">I", encoded, offset + 1)[0]
    else:
        return decode(encoded, offset)
    return Raw(letter.decode(), encoded[offset + 1 : end]), end


pika.data.encode_value, pika.data.decode_value = encode_value, decode_value


def long(letter, payload):
    return Raw(letter, struct.pack(">I", len(payload)) + payload)


def every_type():
    flat = {
        "true": Raw("t", b"\x01"),
        "false": Raw("t", b"\x00"),
        "int8": Raw("b", struct.pack(">b", -128)),
        "uint8": Raw("B", b"\xff"),
        "int16": Raw("s", struct.pack(">h", -32768)),
        "uint16": Raw("u", b"\xff\xff"),
        "int32": Raw("I", struct.pack(">i", -(2**31))),
        "uint32": Raw("i", b"\xff\xff\xff\xff"),
        "int64": Raw("l", struct.pack(">q", 2**53 + 1)),
        "lowest": Raw("l", struct.pack(">q", -(2**63))),
        "float": Raw("f", struct.pack(">f", 0.1)),
        "double": Raw("d", struct.pack(">d", 0.1)),
        "minus zero": Raw("d", struct.pack(">d", -0.0)),
        "decimal": Raw("D", struct.pack(">Bi", 2, -314)),
        "text": "a\x00b\u202e\"\\\n",
        "latin1": long("S", b"caf\xe9\x00"),
        "no text": "",
        "bytes": long("x", b"\x00\x01\xff"),
        "no bytes": long("x", b""),
        "time": Raw("T", struct.pack(">Q", 1700000000)),
        "epoch": Raw("T", struct.pack(">Q", 0)),
        "void": None,
        "": "empty key",
        b"key\xff": "a key that is not UTF-8",
        "long": "\u00e4" * 15000,
    }
    return dict(flat, table=dict(flat), list=list(flat.values()), deep=[[{"a": {"b": [1]}}], [], {}])


def messages():
    yield b"", pika.BasicProperties()
    yield b"all", pika.BasicProperties(
        content_type="text/plain; charset=utf-8",
        content_encoding="identity",
        headers=every_type(),
        delivery_mode=2,
        priority=9,
        correlation_id="c" * 255,
        reply_to="r\u00fc",
        expiration="86400000",
        message_id=b"m\xff\x00",
        timestamp=1700000000,
        type="t\n",
        user_id="guest",
        app_id="a",
    )
    yield b"odd", pika.BasicProperties(delivery_mode=1, timestamp=0, headers={"bool": True, "int": 7, "big": 2**40})
    for size in (1, 2, 3, 1000, 200_000, asked.largest):
        body = bytes(range(256)) * (size // 256 + 1)
        yield body[:size], pika.BasicProperties(delivery_mode=2, message_id=str(size))


connection = pika.BlockingConnection(
    pika.ConnectionParameters(host="127.0.0.1", port=asked.port, virtual_host=asked.vhost)
)
channel = connection.channel()
if asked.do == "publish":
    channel.confirm_delivery()
    for body, properties in messages():
        channel.basic_publish("", asked.queue, body, properties, mandatory=True)
while asked.do == "print":
    method, properties, body = channel.basic_get(asked.queue, auto_ack=True)
    if method is None:
        break
    print(len(body), hashlib.sha256(body).hexdigest())
    for name, value in sorted(vars(properties).items()):
        if isinstance(value, dict):
            for key, header in sorted(value.items(), key=lambda pair: repr(pair[0])):
                print("  header", repr(key), repr(sorted(header.items(), key=repr) if isinstance(header, dict) else header))
        elif value is not None:
            print(" ", name, repr(value))
connection.close()

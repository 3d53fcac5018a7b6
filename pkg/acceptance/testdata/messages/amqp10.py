"""Publishes messages over AMQP 1.0, some of which AMQP 0-9-1 cannot express, or prints the bodies of all that a queue
has, and takes them."""

import argparse
import uuid

from proton import Message, symbol, ulong
from proton.utils import BlockingConnection
from proton import Timeout

parser = argparse.ArgumentParser()
parser.add_argument("do", choices=["publish", "take"])
parser.add_argument("address")
parser.add_argument("--bodies", nargs="*")
parser.add_argument("--port", type=int)
parser.add_argument("--vhost")
args = parser.parse_args()

messages = {
    "plain": Message(body="plain"),
    "annotated": Message(body="annotated", annotations={symbol("x-list"): [1, 2], symbol("x-map"): {"a": 1}},
                         properties={"number": 7, "yes": True}, subject="about", content_type="text/plain"),
    "uuid": Message(body="uuid", properties={"id": uuid.UUID(int=7)}),
    "numbered": Message(body="numbered", id=ulong(7)),
}

connection = BlockingConnection(f"amqp://guest:guest@127.0.0.1:{args.port}", timeout=20,
                                virtual_host="vhost:" + args.vhost, allowed_mechs="PLAIN")
if args.do == "publish":
    sender = connection.create_sender(args.address)
    for name in args.bodies:
        message = messages[name]
        message.durable = True
        sender.send(message)
else:
    receiver = connection.create_receiver(args.address, credit=50)
    while True:
        try:
            message = receiver.receive(timeout=2)
        except Timeout:
            break
        print(message.body)
        receiver.accept()
connection.close()

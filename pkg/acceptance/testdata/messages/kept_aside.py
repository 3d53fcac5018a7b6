"""Publishes messages that cannot be published again as they are: with CC, the user-id of their publisher, an
expiration. Prints what a queue has, and leaves it there."""

import argparse

import pika

parser = argparse.ArgumentParser()
parser.add_argument("do", choices=["publish", "print"])
parser.add_argument("queue")
parser.add_argument("--port", type=int)
parser.add_argument("--vhost")
parser.add_argument("--user", default="guest")
parser.add_argument("--password", default="guest")
args = parser.parse_args()

connection = pika.BlockingConnection(pika.ConnectionParameters(
    port=args.port, virtual_host=args.vhost, credentials=pika.PlainCredentials(args.user, args.password)))
channel = connection.channel()
if args.do == "publish":
    channel.confirm_delivery()
    for body, properties in [
        ("copied", pika.BasicProperties(headers={"CC": ["copy"], "BCC": ["blind"], "mine": 1})),
        ("signed", pika.BasicProperties(user_id=args.user)),
        ("short", pika.BasicProperties(expiration="3600000")),
        ("plain", pika.BasicProperties()),
    ]:
        channel.basic_publish("", args.queue, body, properties)
else:
    method, properties, body = channel.basic_get(args.queue)
    while method:
        print(body.decode(), properties.user_id, properties.expiration, sorted((properties.headers or {}).items()))
        method, properties, body = channel.basic_get(args.queue)
connection.close()

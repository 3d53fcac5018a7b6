"""Prints the greetings of a queue as they come. A test program: RabbitMQ's first tutorial, from the receiving side."""

import argparse

import pika

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--host", default="127.0.0.1")
options.add_argument("--port", type=int, default=5672)
options.add_argument("--vhost", default="/")
options.add_argument("--queue", default="hello")
options.add_argument("--name", default="hello-receiver", help="how the program calls itself to the broker")
asked = options.parse_args()

connection = pika.BlockingConnection(
    pika.ConnectionParameters(
        host=asked.host,
        port=asked.port,
        virtual_host=asked.vhost,
        client_properties={"connection_name": asked.name},
    )
)
channel = connection.channel()
channel.queue_declare(queue=asked.queue, durable=True)


def greeted(channel, method, properties, body):
    print(f"received {body.decode()}", flush=True)
    channel.basic_ack(delivery_tag=method.delivery_tag)


channel.basic_consume(queue=asked.queue, on_message_callback=greeted)
print("waiting", flush=True)
channel.start_consuming()

"""Says hello to a queue, once or over and over. A test program: RabbitMQ's first tutorial, from the sending side."""

import argparse
import sys

import pika

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--host", default="127.0.0.1")
options.add_argument("--port", type=int, default=5672)
options.add_argument("--vhost", default="/")
options.add_argument("--queue", default="hello")
options.add_argument("--name", default="hello-sender", help="how the program calls itself to the broker")
options.add_argument("--count", type=int, default=1, help="how many greetings; 0 goes on for ever")
options.add_argument("--every", type=float, default=0, help="seconds between two greetings")
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

sent = 0
while asked.count == 0 or sent < asked.count:
    channel.basic_publish(exchange="", routing_key=asked.queue, body=f"Hello, number {sent + 1}")
    sent += 1
    # The tutorial's surprise: nothing here fails while the broker takes no messages.
    print(f"sent {sent}", flush=True)
    if asked.every:
        connection.sleep(asked.every)

connection.close()
sys.exit(0)

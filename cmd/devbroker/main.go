// Devbroker starts real RabbitMQ nodes on the loopback interface: for a demo, for tests and for benchmarks.
package main

import (
	"os"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }

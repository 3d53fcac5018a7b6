// Command rabbitctl administers RabbitMQ over its management HTTP API.
package main

import (
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/cli"
)

func main() { os.Exit(cli.Main(os.Args, os.Environ())) }

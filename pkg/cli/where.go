package cli

import "github.com/spf13/cobra"

// whereTopic returns the help topic that explains the language of filters.
func whereTopic() *cobra.Command {
	return &cobra.Command{Use: "where", Short: "How to write a filter: --where and wait_for", Long: `A filter keeps the rows for which it is true. It names columns, shown or not, and compares them:

  rabbitctl list_queues name messages --where 'messages > 1000 && consumers == 0'

Put it in single quotes, so that the shell leaves it alone. The same language is behind "where" in wait_for and behind
--where of commands that change, move or export many objects. --help of a listing has its columns; a member of an object is dotted, or in brackets where its name has a dash.

Compare
  ==  !=  <  <=  >  >=       numbers, and texts by their letters
  matches                    a regular expression anywhere in the text
                             (other tools write =~)
      rabbitctl list_queues --where 'name matches "^orders[.]"'
  contains                   a piece of text
      rabbitctl list_queues --where 'name contains "dead"'
  startsWith  endsWith       its beginning and end
      rabbitctl list_queues --where 'name endsWith ".dlq"'
  in                         one of a list, a member of a column that is a
                             list, or a key of one that is a map
      rabbitctl list_queues --where 'type in ["quorum", "stream"]'
      rabbitctl list_queues --where '"x-max-length" in arguments'

Combine
  &&  ||  !                  or the words and, or, not, in small letters
  ( )                        groups
      rabbitctl list_queues --where 'durable && !(name matches "^tmp")'
  +  -  *  /  %              arithmetic
      rabbitctl list_nodes --where 'mem_used > 0.8 * mem_limit'
  ? :   ??                   a choice; and what to take for a value that is
                             not known
      rabbitctl list_queues --where '(consumers ?? 0) == 0'

Write values
  "orders"  'orders'         text; "\\" is a backslash
  true  false                flags, such as durable
  "50MB"  "1GiB"             beside a column of bytes
      rabbitctl list_queues --where 'memory > "50MB"'
  "90s"  "10m"  "2d12h"      beside a column of durations
      rabbitctl list_nodes --where 'uptime < "1h"'
  "2026-01-31 09:30"         beside a column of times
      rabbitctl list_connections --where 'connected_at < "2026-01-31"'
  arguments["x-max-length"]  a member whose name has a dash
      rabbitctl list_queues --where 'arguments["x-queue-type"] == "quorum"'
  nil                        what is not there
      rabbitctl list_queues --where 'policy == nil'

Functions
  len lower upper trim split
      rabbitctl list_queues --where 'len(name) > 100'
  any all none count         of a list's elements, each of which is #
      rabbitctl list_queues --where 'any(members ?? [], # contains "b")'
  abs ceil floor max min     of numbers

A value that the broker did not send is not known, and never 0 or empty. A comparison with it is not known either, and
such a row is left out: false && unknown is false, true || unknown is true. == nil and != nil test for such
a value, ?? replaces it.

--match and --exclude are shorter for names: rabbitctl list_queues --match '^orders' --exclude dlq
The help of a listing says which column they compare.`}
}

package messages

import "github.com/rabbitctl/rabbitctl/pkg/prose"

// Changes counts the messages that cannot be published again exactly as they were. Each count is for one kind of
// difference.
type Changes struct {
	// CC counts messages with the header CC or BCC, and UserID messages with the user-id of another user. rabbitctl keeps
	// both values in headers of its own.
	CC, UserID int64
	// Expiration counts messages with an expiration. The expiration starts over, because no broker reports how much of
	// it was left.
	Expiration int64
	// AMQP10 counts messages that were published over AMQP 1.0. AMQP 0-9-1 does not show all parts of them.
	AMQP10 int64
	// Counts is how many messages had delivery counts or an offset in a stream, which are not published again.
	Counts int64
}

// Add adds the changes of other messages.
func (c *Changes) Add(o Changes) {
	c.CC += o.CC
	c.UserID += o.UserID
	c.Expiration += o.Expiration
	c.AMQP10 += o.AMQP10
	c.Counts += o.Counts
}

// unseen names the parts of a message that AMQP 0-9-1 does not show. Most messages published over AMQP 1.0 cannot be
// recognized as such either (seen on 4.3).
const unseen = ", and others may have been without a sign of it: the parts to, subject, footer, group-sequence and " +
	"absolute-expiry-time of all these messages are lost"

// Told returns the changes that a reader should know of, as sentences. It leaves out Counts: nobody needs to know that
// delivery counts start over.
func (c Changes) Told() []string {
	var told []string
	for _, of := range []struct {
		n         int64
		one, many string
	}{
		{c.CC, "message had the header CC or BCC, which is now in " + HeaderCC + " or " + HeaderBCC +
			": it is not routed to these keys again",
			"messages had the header CC or BCC, which is now in " + HeaderCC + " or " + HeaderBCC +
				": they are not routed to these keys again"},
		{c.UserID, "message had the user-id of another user, which is now in the header " + HeaderUserID,
			"messages had the user-id of another user, which is now in the header " + HeaderUserID},
		{c.Expiration, "message has an expiration, which starts over", "messages have an expiration, which starts over"},
		{c.AMQP10, "message was published over AMQP 1.0" + unseen, "messages were published over AMQP 1.0" + unseen},
	} {
		if of.n > 0 {
			told = append(told, prose.Plural(int(of.n), of.one, of.many))
		}
	}
	return told
}

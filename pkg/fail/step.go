package fail

import (
	"fmt"
	"slices"
)

// Act is something that a person can do next with flags and commands. Packages below the commands only name the act;
// package steps puts it into words.
type Act string

// The acts. The comment after an act says which arguments the act takes.
const (
	WaitLonger      Act = "wait longer"
	WaitForSilent   Act = "wait until silent nodes are known" // the time that --timeout must exceed
	SeeRequests     Act = "see the requests"
	SeeRelease      Act = "see the release"
	SeeReleases     Act = "see the release of each node"
	SeeAlarms       Act = "see the alarms"
	SeeEnvironment  Act = "see the environment"
	SeeNodes        Act = "see the nodes"
	SeeStoppedNodes Act = "see stopped nodes"
	SeeSides        Act = "see the sides of a split"
	SeeVHosts       Act = "see the virtual hosts"
	SeeVHostStates  Act = "see where virtual hosts are stopped" // no argument: the virtual host can only be guessed
	SeeStreams      Act = "see the streams"
	SeeConsumers    Act = "see the consumers"
	SeeColumns      Act = "see the columns"
	SeeUnstatistic  Act = "see what needs no statistics"
	AskEveryNode    Act = "ask every node"
	AskForLess      Act = "ask for less"
	AskOneVHost     Act = "ask for one virtual host"
	AskAPI          Act = "ask the API for all columns"
	AskAPIAlone     Act = "ask the management port alone"
	AskAPIFresh     Act = "ask the API for fresh figures"
	AskAPIAnyway    Act = "ask the API without a further word"
	AskMetrics      Act = "ask the metrics"

	CheckHost         Act = "check the host name"
	CheckPrefix       Act = "check the path prefix"
	CheckCertificates Act = "check the certificates"
	CheckAuthority    Act = "check the file of the authority"
	CheckCertificate  Act = "check the files of certificate and key"
	CheckLogin        Act = "check user and password" // the user
	GiveURL           Act = "give the URL"
	GiveThatURL       Act = "give the URL that was answered"
	GiveAMQP          Act = "give the AMQP address"
	GiveUser          Act = "give the user name"
	GivePassword      Act = "give the password"
	GiveConfig        Act = "give the configuration file" // the name of an empty file, such as /dev/null
	NameOwnFile       Act = "name a file of one's own"
	GivePrefix        Act = "give the path prefix"
	GiveAuthority     Act = "give the certificate's authority"
	UseTLS            Act = "use TLS"
	TrustAnyone       Act = "do not verify the certificate"
	GoRoundProxy      Act = "go round the proxy"

	SetTags          Act = "set the tags"                     // the user and all its tags
	SetFirstTag      Act = "set a tag that opens the API"     // the user
	SeeTags          Act = "see the tags"                     // the user
	SeeUser          Act = "see the tags and the permissions" // the user
	GiveAccess       Act = "give access"                      // the virtual host and the user
	GiveSight        Act = "give the right to see"            // the virtual host, or VHOST, and the user
	AddUser          Act = "add a user"
	EnablePlugin     Act = "enable a plugin" // the plugin
	EnableManagement Act = "enable the management plugin"
	EnableMetrics    Act = "enable the metrics"
	RestartVHost     Act = "restart a virtual host" // the virtual host
	FindName         Act = "find a name that is not UTF-8"
	NameJournal      Act = "name another file for the journal"
	SkipItem         Act = "skip the item and do the rest"
	ReadPage         Act = "read a page of the help" // the page

	GiveNode           Act = "give the node's name"
	GiveThatNode       Act = "give that name of the node" // the node's name
	GiveNodePort       Act = "give the node's port"
	StartApp           Act = "start RabbitMQ on the node"
	AwaitReady         Act = "wait until RabbitMQ has started"
	StopApp            Act = "stop RabbitMQ on the node"
	GiveCookie         Act = "give the Erlang cookie"
	SecureDistribution Act = "use TLS between nodes or go without"
	UseTLSDistribution Act = "use TLS between nodes"
	// LeaveTLSDistribution is the act of not using TLS with a node.
	LeaveTLSDistribution Act = "use no TLS between nodes"
)

// Step is one part of an Advice: either an act with its arguments, or a text that says what to do.
type Step struct {
	Act  Act
	Args []string
	Text string
}

// Advice says what to do next, in the order of reading. "; " separates its steps, except after a text that ends with a
// space.
type Advice []Step

// Say begins an advice with a text.
func Say(format string, args ...any) Advice { return Advice(nil).Say(format, args...) }

// Do begins an advice with an act.
func Do(act Act, args ...string) Advice { return Advice(nil).Do(act, args...) }

// Say adds a text.
func (a Advice) Say(format string, args ...any) Advice {
	return append(a[:len(a):len(a)], Step{Text: fmt.Sprintf(format, args...)})
}

// Without returns the advice without the steps that name this act.
func (a Advice) Without(act Act) Advice {
	return slices.DeleteFunc(slices.Clone(a), func(s Step) bool { return s.Act == act })
}

// Do adds an act.
func (a Advice) Do(act Act, args ...string) Advice {
	return append(a[:len(a):len(a)], Step{Act: act, Args: args})
}

// Next replaces the next step by a text.
func (e *Error) Next(format string, args ...any) *Error { return e.Advise(Say(format, args...)) }

// Do adds an act to the next step.
func (e *Error) Do(act Act, args ...string) *Error { return e.Advise(e.Hint.Do(act, args...)) }

// Say adds a text to the next step.
func (e *Error) Say(format string, args ...any) *Error { return e.Advise(e.Hint.Say(format, args...)) }

// Advise replaces the next step.
func (e *Error) Advise(next Advice) *Error {
	e.Hint = next
	return e
}

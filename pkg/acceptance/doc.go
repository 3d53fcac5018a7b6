// Package acceptance runs the built program against real brokers of 3.10, 4.0 and 4.3, beside the brokers' own
// tools. Its tests need the build tag acceptance; docs/testing.md says how to run them.
//
// Each test owns what it makes: a random virtual host on brokers that carry the suite's own names. In a test function
// the releases run side by side. Test functions that use the shared brokers run one after another, so one that stops a
// broker's publishers disturbs no other. Some tests of clusters run side by side; each waits until its cluster is free.
//
// Variables: RABBITCTL_RELEASES limits the releases ("3.10 4.0"), RABBITCTL_KEEP=1 leaves the brokers running,
// RABBITCTL_SLOW=1 adds tests that take minutes, RABBITCTL_QUEUES are the sizes of the benchmarks, RABBITCTL_BIN_DIR
// has programs that are built already, RABBITCTL_SUITE is the prefix of the brokers' names, so that parts of the suite
// can run side by side, RABBITCTL_SUMMARY names a file for the list of releases that the suite ran on, RABBITCTL_RECORD
// is a regular expression: it must match the whole name of a recorded answer, without .json. TestRecord records these
// answers anew.
package acceptance

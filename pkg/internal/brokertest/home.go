package brokertest

// NoHome is the home folder of programs under test, as a variable of the environment: it does not exist, and on Linux
// not even root can make it. A test whose program keeps files at home sets HOME to another folder. Making a folder for
// each of the programs of a test took a seventh of the time of the tests of all commands.
const NoHome = "HOME=/proc/nobody"

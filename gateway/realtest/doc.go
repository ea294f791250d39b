// Package realtest runs the gateway between real servers: it starts Prosody, ejabberd,
// InspIRCd (also with Anope or Atheme), ngIRCd, ircd-hybrid and PostgreSQL on loopback,
// each with its files in a temporary directory and on free ports, and drives scripted
// clients on both sides, and programs that people use in windows of tmux.
//
// It is for tests, which carry the tag e2e, and runs on Linux only. A handle belongs
// to the goroutine of the test that made it; what is wrong ends that test. It may
// import jid and stanza, and nothing else of ours: the gateway under test is
// a process.
package realtest

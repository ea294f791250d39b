package script

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var errNobody = errors.New("there is nobody of that name")

// A directive does what a line says; args are the words of it.
type directive struct {
	args int // at least
	do   func(r *runner, args []string) error
}

// directives are all but the lines that somebody says.
var directives = map[string]directive{
	"show":   {1, func(r *runner, a []string) error { r.record.show(a); return nil }},
	"wait":   {1, (*runner).wait},
	"reload": {3, (*runner).reload},
	"stop":   {0, func(r *runner, _ []string) error { r.stop(); return nil }},

	"cut":  {1, (*runner).cut},  // cut xmpp: the component's connection is lost
	"down": {1, (*runner).down}, // down irc, down xmpp: new connections are refused
	"up":   {1, (*runner).up},   // and no longer

	"silence": {1, func(r *runner, a []string) error { r.irc.Silence(a[0], true); return nil }},
	"answer":  {1, func(r *runner, a []string) error { r.irc.Silence(a[0], false); return nil }},
	"refuse":  {0, func(r *runner, a []string) error { r.irc.Refuse(true, strings.Join(a, " ")); return nil }},
	"accept":  {0, func(r *runner, _ []string) error { r.irc.Refuse(false, ""); return nil }},
	"forward": {1, func(r *runner, a []string) error { r.irc.Forward(a[0], strings.Join(a[1:], "")); return nil }},
	"split":   {1, func(r *runner, a []string) error { r.irc.Split(a...); return nil }},
	"unsplit": {0, func(r *runner, _ []string) error { r.irc.Unsplit(); return nil }},

	"drop":   {1, func(r *runner, a []string) error { return found(r.irc.Drop(a[0])) }},
	"kill":   {1, func(r *runner, a []string) error { return found(r.irc.Kill(a[0], strings.Join(a[1:], " "))) }},
	"rename": {2, func(r *runner, a []string) error { return found(r.irc.Rename(a[0], a[1])) }},
	"host":   {3, func(r *runner, a []string) error { return found(r.irc.ChangeHost(a[0], a[1], a[2])) }},
	"login":  {1, func(r *runner, a []string) error { return found(r.irc.LogIn(a[0], strings.Join(a[1:], ""))) }},
	"mode":   {2, func(r *runner, a []string) error { return found(r.irc.ServerMode(a[0], a[1], a[2:]...)) }},
	"caps":   {0, func(r *runner, a []string) error { r.irc.SetCaps(a); return nil }},

	"appoint": {1, func(r *runner, a []string) error { return found(r.irc.Appoint(a[0])) }}, // a service of the network
}

func found(ok bool) error {
	if !ok {
		return errNobody
	}
	return nil
}

// do does what a line of the script says.
func (r *runner) do(s step) error {
	switch s.verb {
	case "xmpp>":
		raw := r.record.input(s.rest)
		if !r.xmpp.Inject(raw) {
			return errors.New("the gateway is not connected")
		}
		return nil
	case "irc":
		return found(r.irc.Inject(s.who, s.rest))
	case "user":
		return r.user(s.who).say(s.rest)
	}
	d, ok := directives[s.verb]
	args := strings.Fields(s.rest)
	if !ok || len(args) < d.args {
		return fmt.Errorf("no directive: %s", s.text)
	}
	return d.do(r, args)
}

// reload changes a line of the configuration.
func (r *runner) reload(args []string) error {
	if r.gateway.Reload == nil {
		return errors.New("this gateway takes no other configuration")
	}
	line := strings.Join(args, " ")
	r.header.settings = merge(r.header.settings, []string{line})
	return r.gateway.Reload(r.header.config())
}

// wait lets time pass.
func (r *runner) wait(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	<-time.After(d)
	return nil
}

func (r *runner) cut(args []string) error {
	if args[0] != "xmpp" {
		return errors.New("only xmpp can be cut; drop NICK closes an IRC connection")
	}
	r.xmpp.DropComponent()
	r.record.streamLost()
	return nil
}

func (r *runner) down(args []string) error { return r.record.setDown(args[0], true) }

func (r *runner) up(args []string) error { return r.record.setDown(args[0], false) }

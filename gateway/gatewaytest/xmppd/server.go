// Package xmppd is a small XMPP server: what the gateway needs of one, and what
// people need to log in to it with the client they have. It serves the golden
// transcripts, inside a testing/synctest bubble and over net.Pipe, and the demo.
//
// It has two sides. The component side is XEP-0114 and strict: it ends the stream
// for exactly what Prosody and ejabberd end it for, and reads with a parser of its
// own. The client side is STARTTLS, SASL PLAIN, resource binding, rosters,
// presence and routing (RFC 6120, RFC 6121) for the accounts of the configuration.
// Nothing is stored, and there are no other servers: addresses elsewhere are
// played by whoever holds Tap and Inject, or do not exist.
//
// One goroutine owns all state; each connection has a reader and a writer besides,
// with a queue between that nobody waits for. Close ends them all.
//
// The package imports the vocabulary packages xmppside/jid and xmppside/stanza and
// nothing else of ours. It does not import testing: it is part of the program.
package xmppd

import (
	"net"
	"sync"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// A Quirk says whose habits the server has towards its component.
type Quirk uint8

// The quirks. Strict is the sum of both servers' severity.
const (
	Strict Quirk = iota
	Prosody
	Ejabberd
)

// Config is what a server is made of. It is not changed afterwards.
type Config struct {
	Host      string // domain of the accounts: localhost
	Component string // domain of the gateway
	Secret    string // of the component
	Quirk     Quirk

	Accounts map[string]string // name → password; names in lower case
	Plain    bool              // passwords are taken without TLS too
	Contact  bool              // the gateway is in everybody's roster from the start

	// Played says that addresses outside Host exist and that whoever holds Tap
	// plays them: what is sent to them is shown to Tap and goes nowhere. Otherwise
	// it is answered with remote-server-not-found.
	Played bool
}

// A Server serves one component and any number of clients.
type Server struct {
	config  Config
	host    jid.JID
	gateway jid.JID
	cert    certificate

	ops  chan func() // to the goroutine that owns what follows
	quit chan struct{}
	once sync.Once
	wg   sync.WaitGroup

	tap       func(dir, raw string)
	listeners []net.Listener
	links     map[*link]bool
	component *link
	users     map[string]*user
	ids       int
}

// New makes a server and starts its goroutine. It panics if a domain is none.
func New(config Config) *Server {
	s := &Server{
		config: config, host: jid.MustParse(config.Host), gateway: jid.MustParse(config.Component),
		ops: make(chan func()), quit: make(chan struct{}),
		tap: func(string, string) {}, links: map[*link]bool{}, users: map[string]*user{},
	}
	for name := range config.Accounts {
		s.users[name] = s.newUser(name)
	}
	s.wg.Go(s.run)
	return s
}

func (s *Server) run() {
	for {
		select {
		case op := <-s.ops:
			op()
		case <-s.quit:
			for _, l := range s.listeners {
				l.Close()
			}
			for l := range s.links {
				if l.attached {
					l.end("</stream:stream>")
				} else {
					l.cut()
				}
			}
			return
		}
	}
}

// do has the server's goroutine run op, and waits for it. It returns false, and op
// has not run, if the server was closed. Nothing that runs there may call it.
func (s *Server) do(op func()) bool {
	done := make(chan struct{})
	select {
	case s.ops <- func() { op(); close(done) }:
		<-done
		return true
	case <-s.quit:
		return false
	}
}

// Close ends all streams and listeners and waits for all goroutines. It takes a
// second at most, when a peer does not read.
func (s *Server) Close() {
	s.once.Do(func() { close(s.quit) })
	s.wg.Wait()
}

// Tap has f see everything on the component's stream, one stanza at a time, as it
// was written: dir is "<" for what the gateway sent and ">" for what it was sent,
// the error with which its stream is closed among that.
// f is called by the server's goroutine: it must not call the server. A later Tap
// takes the place of an earlier one.
func (s *Server) Tap(f func(dir, raw string)) { s.do(func() { s.tap = f }) }

// Inject writes raw, whatever it is, to the component. It returns false when there
// is none.
func (s *Server) Inject(raw string) (ok bool) {
	s.do(func() { ok = s.toComponentRaw(raw) })
	return ok
}

// Connected says whether the component is there.
func (s *Server) Connected() (ok bool) {
	s.do(func() { ok = s.component != nil })
	return ok
}

// DropComponent cuts the component's connection, if there is one.
func (s *Server) DropComponent() {
	s.do(func() {
		if s.component != nil {
			s.component.cut()
		}
	})
}

// ServeComponent accepts components on l until Close, which closes l. It returns
// at once.
func (s *Server) ServeComponent(l net.Listener) { s.listen(l, s.ServeComponentConn) }

// ServeClients accepts clients on l until Close, which closes l. It returns at once.
func (s *Server) ServeClients(l net.Listener) { s.listen(l, s.ServeClientConn) }

func (s *Server) listen(l net.Listener, serve func(net.Conn)) {
	ok := s.do(func() {
		s.listeners = append(s.listeners, l)
		s.wg.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				serve(conn)
			}
		})
	})
	if !ok {
		l.Close()
	}
}

// ServeComponentConn serves a component on conn. It returns at once.
func (s *Server) ServeComponentConn(conn net.Conn) { s.serve(conn, s.readComponent) }

// ServeClientConn serves a client on conn. It returns at once.
func (s *Server) ServeClientConn(conn net.Conn) { s.serve(conn, s.readClient) }

// serve starts a connection's reader, which ends with the connection.
func (s *Server) serve(conn net.Conn, read func(*link) error) {
	l := newLink(conn)
	ok := s.do(func() {
		s.links[l] = true
		s.wg.Go(func() {
			s.leave(l, read(l))
		})
	})
	if !ok {
		conn.Close()
	}
}

// attach has what is sent to l go through its queue from now on.
func (s *Server) attach(l *link) {
	l.attached = true
	s.wg.Go(l.write)
}

// leave takes a connection whose reader ended out of everything. err is what ended
// it; io.EOF and nil are the peer's own wish.
func (s *Server) leave(l *link, err error) {
	last := "</stream:stream>"
	if e, ok := err.(*streamError); ok {
		last = e.String()
	}
	ok := s.do(func() {
		delete(s.links, l)
		if !l.attached {
			s.attach(l)
		}
		l.end(last)
		if l == s.component {
			s.component = nil
			if last != "</stream:stream>" {
				s.tap(">", last)
			}
		}
		if l.session != nil {
			s.gone(l.session)
		}
	})
	if !ok {
		l.cut()
	}
}

// toComponent sends st to the gateway, or says that it is not there as both
// servers do.
func (s *Server) toComponent(st *stanza.Stanza) {
	if !s.toComponentRaw(write(st)) {
		s.refuse(st, stanza.Wait, stanza.ServiceUnavailable, "Component unavailable")
	}
}

func (s *Server) toComponentRaw(raw string) bool {
	if s.component == nil {
		return false
	}
	s.tap(">", raw)
	s.component.send(raw)
	return true
}

package ircd

import (
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// ErrClosed is what Serve returns once the server was closed.
var ErrClosed = errors.New("ircd: server closed")

// A Server is one IRC network with a single server. New makes one, and Close must
// end it.
type Server struct {
	inbox   chan func()   // what the owning goroutine is to do
	stopped chan struct{} // closed when it has ended
	close   sync.Once
	conns   sync.WaitGroup // one for each attached connection

	// What follows belongs to the owning goroutine.
	config    Config
	support   support
	prefixes  string // prefix modes, highest first
	symbols   string // their symbols
	kinds     map[byte]modeKind
	commands  map[string]command
	created   time.Time
	closed    bool
	listeners []net.Listener
	clients   []*client          // attached, in the order that they came
	nicks     map[string]*client // by folded nick, registered or not
	channels  map[string]*channel
	caps      map[string]string // offered: name to value
	forwards  map[string]string // folded channel to channel
	silent    map[string]bool   // commands that get no answer
	refusal   *string           // what new connections are told
	problems  []string
	lastConn  int
	lastID    int // msgid
	lastBatch int
}

// New starts a server without any connection.
func New(c Config) *Server {
	c = c.withDefaults()
	s := &Server{
		inbox:    make(chan func()),
		stopped:  make(chan struct{}),
		config:   c,
		support:  newSupport(c),
		created:  c.Now(),
		nicks:    map[string]*client{},
		channels: map[string]*channel{},
		caps:     splitCaps(c.Caps),
		forwards: map[string]string{},
		silent:   map[string]bool{},
	}
	s.prefixes, s.symbols = splitPrefix(c.Prefix)
	s.kinds = modeKinds(s.support["CHANMODES"], s.prefixes)
	s.commands = commands()
	go s.run() // ends in Close
	return s
}

// run is the goroutine that owns the state.
func (s *Server) run() {
	for f := range s.inbox {
		if f == nil {
			close(s.stopped)
			return
		}
		f()
	}
}

// do has the owning goroutine run f and waits for it. False: the server is closed and
// f did not run.
func (s *Server) do(f func()) bool {
	done := make(chan struct{})
	select {
	case s.inbox <- func() { f(); close(done) }:
		<-done
		return true
	case <-s.stopped:
		return false
	}
}

// Serve accepts connections until the listener fails or the server is closed; then it
// returns [ErrClosed]. It closes the listener.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	open := false
	s.do(func() {
		if open = !s.closed; open {
			s.listeners = append(s.listeners, l)
		}
	})
	if !open {
		return ErrClosed
	}
	var serving sync.WaitGroup
	defer serving.Wait()
	for {
		nc, err := l.Accept()
		if err != nil {
			s.do(func() {
				s.listeners = slices.DeleteFunc(s.listeners, func(o net.Listener) bool { return o == l })
				open = !s.closed
			})
			if errors.Is(err, net.ErrClosed) || !open {
				return ErrClosed
			}
			return err
		}
		serving.Go(func() { s.ServeConn(nc) }) // ends with the connection
	}
}

// ServeConn serves one connection, and returns when it has ended and is closed.
func (s *Server) ServeConn(nc net.Conn) { s.serve(nc, s.config.Strict) }

// ServeConnStrict is ServeConn for a connection whose client is watched: see
// [Server.Violations].
func (s *Server) ServeConnStrict(nc net.Conn) { s.serve(nc, true) }

func (s *Server) serve(nc net.Conn, strict bool) {
	var c *client
	s.do(func() { c = s.attach(nc, strict) })
	if c == nil {
		_ = nc.Close()
		return
	}
	defer s.conns.Done()
	var writing sync.WaitGroup
	writing.Go(c.out.write) // ends with the connection
	s.read(c)
	c.out.abort()
	s.do(func() { s.detach(c, "Connection closed") })
	writing.Wait()
}

// Close tells everybody, ends all connections and listeners, and returns when every
// goroutine of the server has ended. Who does not read is waited for no longer than
// a second. It may be called several times.
func (s *Server) Close() error {
	s.close.Do(func() {
		s.do(func() {
			s.closed = true
			for _, c := range s.clients {
				s.farewell(c, "Closing Link: "+c.host+" (Server shutting down)")
			}
			for _, l := range s.listeners {
				_ = l.Close()
			}
		})
		s.conns.Wait()
		s.inbox <- nil
	})
	<-s.stopped
	return nil
}

// attach takes a connection in; nil if the server is closed.
func (s *Server) attach(nc net.Conn, strict bool) *client {
	if s.closed {
		return nil
	}
	s.conns.Add(1)
	s.lastConn++
	now := s.config.Now()
	c := &client{
		out: newOutbox(nc), id: s.lastConn, strict: strict, host: hostOf(nc),
		caps: map[string]bool{}, modes: map[byte]bool{}, signon: now, active: now,
	}
	s.clients = append(s.clients, c)
	if s.refusal != nil {
		s.farewell(c, *s.refusal)
		s.clients = s.clients[:len(s.clients)-1]
	}
	return c
}

// farewell says ERROR, as the last thing that is written to a client.
func (s *Server) farewell(c *client, text string) {
	s.send(c, message{command: "ERROR", params: []string{text}})
	if c.labelled != nil {
		s.flushLabel(c)
	}
	c.gone = true
	c.out.finish()
}

// end ends a connection, and takes the client off the network at once.
func (s *Server) end(c *client, reason string) {
	if !c.gone {
		s.farewell(c, "Closing Link: "+c.host+" ("+reason+")")
		s.remove(c, reason)
	}
}

// detach takes a client off the network whose connection is lost.
func (s *Server) detach(c *client, reason string) {
	if !c.gone {
		c.gone = true
		s.remove(c, reason)
	}
}

// remove forgets a client that is gone, and tells its peers.
func (s *Server) remove(c *client, reason string) {
	s.clients = slices.DeleteFunc(s.clients, func(o *client) bool { return o == c })
	if c.nick != "" {
		delete(s.nicks, s.fold(c.nick))
	}
	if !c.registered {
		return
	}
	s.toPeers(c, c.says("QUIT", reason), nil)
	for _, ch := range s.channelsOf(c) {
		s.leave(c, ch)
	}
}

// violation notes what a strict client did wrong.
func (s *Server) violation(c *client, problem string) {
	if !c.strict {
		return
	}
	name := c.nick
	if name == "" {
		name = "conn " + strconv.Itoa(c.id)
	}
	s.problems = append(s.problems, name+": "+problem)
	if s.config.Violation != nil {
		s.config.Violation(name, problem)
	}
}

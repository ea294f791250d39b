package irc

import "time"

// An Identity is who a session is on its network, and how patient.
type Identity struct {
	Nick     string // asked for first
	User     string // USER name
	Realname string
	Password string // PASS; "" is none
	// Retry is what to try after Nick was refused so many times, the last time by
	// this numeric; "" gives up.
	Retry func(attempt, numeric int, s *Support) string
	// Charset is how a channel is written, if otherwise than the network: see [Charsets].
	Charset func(channel string) (c Charset, ok bool)

	PingAfter   time.Duration // of silence, then we ask; 0: never
	PingTimeout time.Duration // for the answer
	AnswerAfter time.Duration // the deadline of commands; 0: 30 s
	JoinAfter   time.Duration // the deadline of joins; 0: 60 s
}

// Outgoing is a line to send. Urgent ones (PONG, QUIT, registration) go before
// all others and are not paced.
type Outgoing struct {
	Line   Line
	Urgent bool
}

type phase uint8

const (
	phaseCaps phase = iota // CAP LS is under way
	phaseNick              // waiting for 001
	phaseMOTD              // 001 came
	phaseReady
	phaseClosed
)

// A Core is one session's protocol state. It does no IO, locks nothing, and
// belongs to the session loop.
type Core struct {
	id      Identity
	phase   phase
	nick    string
	tries   int // how often our nick was refused
	support *Support
	caps    Caps
	offered Caps
	asked   Caps // CAP REQ without an answer yet
	singly  bool // they were asked for one by one

	send    []Outgoing
	tell    []Event
	in      incoming // the line that is taken in: here, so that none is allocated
	answers answers
	refused bool             // a LIST was, and its 323 may come yet
	lacking map[string]Fault // by commands that the network does not know
	batches map[string]*batch
	split   int              // quits that wait in batches
	inside  *Map[*gathering] // the channels that we are in; nil: it is told who else is
	load    load

	heard   time.Time // when the server last said something
	pinged  time.Time // when we asked since; zero: we did not
	goodbye string    // the text of ERROR, or of the numeric that banned us
	banned  bool
	dead    *CloseError
	quit    bool // we wished the end
}

// NewCore starts a session: Take has the first lines to send.
func NewCore(id Identity, now time.Time) *Core {
	if id.AnswerAfter == 0 {
		id.AnswerAfter = 30 * time.Second
	}
	if id.JoinAfter == 0 {
		id.JoinAfter = 60 * time.Second
	}
	c := &Core{
		id: id, nick: id.Nick, support: DefaultSupport(), heard: now,
		batches: map[string]*batch{}, inside: NewMap[*gathering](DefaultSupport().CaseMapping),
	}
	c.urgent("CAP", "LS", "302")
	if id.Password != "" {
		c.urgent("PASS", id.Password)
	}
	c.urgent("NICK", id.Nick)
	c.urgent("USER", id.User, "0", "*", id.Realname)
	return c
}

// Support is what the network supports, as far as it is known.
func (c *Core) Support() *Support { return c.support }

// Recv takes in a line that the server sent.
func (c *Core) Recv(l Line, now time.Time) {
	if c.phase == phaseClosed {
		return // Closed was the last event
	}
	c.heard, c.pinged = now, time.Time{}
	c.in = incoming{Line: l, now: now}
	in := &c.in
	if l.Tags != nil {
		c.label(in)
		c.openBatch(in)
	}
	if h, ok := handlers[l.Command]; ok {
		c.showRaw(in)
		h(c, in)
	} else {
		c.other(in)
	}
	c.unlabel(in)
	c.in = incoming{}
}

// Do takes in a wish. What cannot be said on IRC at all is refused by a Fault of
// the code [CodeUnsayable]; nothing of it is sent.
func (c *Core) Do(cmd Command, ref Ref, now time.Time) {
	if c.phase == phaseClosed {
		return // Closed told
	}
	lines, err := cmd.lines(c.support)
	if err != nil {
		if ref != 0 {
			c.event(Fault{Ref: ref, Command: cmd.verb(), Code: CodeUnsayable, Text: err.Error()})
			c.event(Done{ref})
		}
		return
	}
	if _, ok := cmd.(QuitCmd); ok {
		c.quit = true
		for _, l := range lines {
			c.send = append(c.send, Outgoing{l, true})
		}
		return
	}
	if !c.lacks(cmd, ref) {
		c.ask(cmd, lines, ref, now)
	}
}

// Take hands over what to send and what to tell, both in order. What to send is the
// caller's until anything else is asked of the Core, which writes there again.
func (c *Core) Take() (send []Outgoing, tell []Event) {
	send, tell = c.send, c.tell
	c.send, c.tell = c.send[:0], nil
	if cap(c.send) > maxSpare {
		c.send = nil
	}
	return send, tell
}

// maxSpare is for how many lines there is room when there are none to send.
const maxSpare = 4

// Tick lets deadlines pass.
func (c *Core) Tick(now time.Time) {
	if c.phase == phaseClosed {
		return
	}
	c.expire(now)
	if c.id.PingAfter == 0 {
		return
	}
	switch asked := !c.pinged.IsZero(); {
	case asked && now.Sub(c.pinged) >= c.id.PingTimeout:
		c.die(CloseSilent, "the server has stopped answering")
	case !asked && now.Sub(c.heard) >= c.id.PingAfter:
		c.pinged = now
		c.urgent("PING", "isthmus")
	}
}

// Next is when Tick should be called at the latest; zero: not before something
// else happens.
func (c *Core) Next() time.Time {
	if c.phase == phaseClosed {
		return time.Time{}
	}
	next := c.answers.next()
	if c.id.PingAfter > 0 {
		ping := c.heard.Add(c.id.PingAfter)
		if !c.pinged.IsZero() {
			ping = c.pinged.Add(c.id.PingTimeout)
		}
		if next.IsZero() || ping.Before(next) {
			next = ping
		}
	}
	return next
}

// Dead says why the session must be ended; nil while it need not be.
func (c *Core) Dead() *CloseError { return c.dead }

// Close is called once, when the connection has ended for whatever reason. It
// tells the last event.
func (c *Core) Close(err *CloseError) {
	if c.phase == phaseClosed {
		return
	}
	switch {
	case c.quit:
		err = nil
	case c.dead != nil:
		err = c.dead
	case c.goodbye != "" || c.banned:
		err = c.farewell(err)
	case err != nil && c.phase < phaseMOTD && err.Reason == CloseLost:
		err = &CloseError{Reason: CloseUnregister, Text: err.Text}
	}
	c.phase = phaseClosed
	c.tell = append(c.tell, Closed{err})
}

func (c *Core) die(why CloseReason, text string) {
	if c.dead == nil {
		c.dead = &CloseError{Reason: why, Text: text}
	}
}

func (c *Core) urgent(command string, params ...string) {
	c.send = append(c.send, Outgoing{Line{Command: command, Params: params}, true})
}

func (c *Core) event(ev Event) { c.tell = append(c.tell, ev) }

func (c *Core) isMe(nick string) bool { return c.support.same(nick, c.nick) }

// incoming is a line, and what its tags and batches say about it.
type incoming struct {
	Line
	now     time.Time
	ref     Ref
	ask     *asked // what it answers, by its label or its batch's
	batched bool   // a batch ends the answer
	held    bool   // it opens that batch
}

// time is when it was said. https://ircv3.net/specs/extensions/server-time
func (in *incoming) time() time.Time {
	if stamp, ok := in.Tags["time"]; ok {
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil && at.Unix() >= 0 {
			return at
		}
	}
	return in.now
}

// from is who said it, with what the line tells about them.
func (in *incoming) from() Person {
	p := Person{Nick: in.Source.Name, User: in.Source.User, Host: in.Source.Host}
	if account, ok := in.Tags["account"]; ok {
		p.Account = account
	}
	return p
}

// handlers is who takes which line.
var handlers = map[string]func(*Core, *incoming){
	"CAP": func(c *Core, in *incoming) { c.onCap(in.Line) },
	"001": (*Core).onWelcome, "004": (*Core).onMyInfo, "005": (*Core).onSupport,
	"376": (*Core).onMOTDEnd, "422": (*Core).onMOTDEnd,
	"431": (*Core).onBadNick, "432": (*Core).onBadNick, "433": (*Core).onBadNick,
	"436": (*Core).onBadNick, "437": (*Core).onBadNick,
	"464": (*Core).onBanned, "465": (*Core).onBanned, "463": (*Core).onBanned, "466": (*Core).onBanned,
	"468":  (*Core).onBadUser,
	"PING": (*Core).onPing, "PONG": (*Core).onPong, "ERROR": (*Core).onError,
	"ACK": (*Core).onIgnored, "BATCH": (*Core).onBatch,
	"FAIL": (*Core).onFail, "WARN": (*Core).onRemark, "NOTE": (*Core).onRemark,
	"WALLOPS": (*Core).onRemark,

	"JOIN": (*Core).onJoin, "PART": (*Core).onPart, "KICK": (*Core).onKick,
	"MODE": (*Core).onMode, "324": (*Core).onModeIs, "329": (*Core).onMadeAt,
	"TOPIC": (*Core).onTopic, "331": (*Core).onTopicIs, "332": (*Core).onTopicIs, "333": (*Core).onTopicBy,
	"353": (*Core).onNames, "366": (*Core).onNamesEnd,
	"367": (*Core).onEntry, "348": (*Core).onEntry, "346": (*Core).onEntry, "728": (*Core).onEntry,
	"368": (*Core).onIgnored, "349": (*Core).onIgnored, "347": (*Core).onIgnored, "729": (*Core).onIgnored,
	"321": (*Core).onListStart, "322": (*Core).onListed, "323": (*Core).onListEnd,
	"INVITE": (*Core).onInvite, "341": (*Core).onIgnored,
	"710": (*Core).onKnock, "711": (*Core).onIgnored,

	"QUIT": (*Core).onQuit, "NICK": (*Core).onNick, "AWAY": (*Core).onAway,
	"ACCOUNT": (*Core).onAccount, "CHGHOST": (*Core).onChghost, "SETNAME": (*Core).onSetname,
	"301": (*Core).onAwayReply, "305": (*Core).onIgnored, "306": (*Core).onIgnored,
	"352": (*Core).onWho, "354": (*Core).onWhox, "315": (*Core).onIgnored,
	"381": (*Core).onOper, "396": (*Core).onHiddenHost, "900": (*Core).onLogged, "901": (*Core).onLogged,

	"PRIVMSG": (*Core).onText, "NOTICE": (*Core).onText, "TAGMSG": (*Core).onIgnored,
}

func (c *Core) onIgnored(*incoming) {}

// other takes what has no handler: error numerics, lines of an answer that was
// asked for, and what a server says of its own accord.
func (c *Core) other(in *incoming) {
	n := in.Numeric()
	switch {
	case isFault(n):
		c.fault(in, n)
	case n == 0:
		return // a command that means nothing to us
	case c.phase == phaseReady && c.answer(in):
	default:
		c.note(in)
	}
}

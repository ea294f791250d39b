package xmppside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"mellium.im/xmpp"
	"mellium.im/xmpp/component"
	mellium "mellium.im/xmpp/jid"
	"mellium.im/xmpp/stream"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// goodbye is how long a server may take to end the stream after we did.
const goodbye = 2 * time.Second

// stream is one stream, from the dial to the end; up says whether it ever was. A nil
// error: the server has ended it.
func (c *Component) stream(ctx context.Context, h Handler) (up bool, err error) {
	session, conn, err := c.connect(ctx)
	if err != nil {
		return false, err
	}
	c.conn.Store(conn)
	c.log.Info().Str("address", c.config.Address).Msg("connected to the XMPP server")
	h.StreamUp()
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(ctx, session, conn, over) })

	if err = c.read(conn, h); err != nil {
		err = conn.abort(err)
	} else {
		conn.finish(session.Close, goodbye)
		<-conn.done
		conn.abort(errClosing)
	}
	<-conn.done
	close(over)
	watching.Wait()
	c.conn.Store(nil)
	h.StreamDown(err) // before the answers that there will not be: they are no silence
	c.asks.fail()
	return true, err
}

// connect dials and shakes hands.
func (c *Component) connect(ctx context.Context) (*xmpp.Session, *conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.DialTimeout)
	defer cancel()
	dial := c.config.Dial
	if dial == nil {
		dial = func(ctx context.Context, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}
	}
	nc, err := dial(ctx, c.config.Address)
	if err != nil {
		return nil, nil, err
	}
	domain, err := mellium.New("", c.config.Domain.Domain(), "")
	if err != nil {
		nc.Close()
		return nil, nil, err
	}
	conn := newConn(nc, c.config.QueueBytes, c.config.WriteTimeout)
	if c.config.Wrote != nil {
		conn.told = c.config.Wrote
	}
	go conn.write()
	// COMPAT mellium: its context does not end a read that waits.
	stop := context.AfterFunc(ctx, func() { conn.abort(ctx.Err()) })
	session, err := component.NewSession(context.Background(), domain, []byte(c.config.Secret), conn)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		err = conn.abort(err) // what went wrong first is what it was
		<-conn.done
		return nil, nil, fmt.Errorf("handshake: %w", err)
	}
	return session, conn, nil
}

// read takes stanzas off the stream until it ends; nil: the server ended it.
func (c *Component) read(conn *conn, h Handler) error {
	r := stanza.NewReader(conn.Reader, component.NSAccept, c.config.Limits)
	for {
		s, err := r.Next()
		var refused *stanza.Refused
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &refused):
			c.refuse(conn, h, refused)
		case err != nil:
			return err
		case s.Kind == stanza.IQ && (s.Type == "result" || s.Type == "error"):
			c.asks.answer(s)
		case !c.ours(s.To):
			c.log.Debug().Stringer("to", s.To).Msg("stanza for another domain dropped")
		default:
			h.HandleStanza(s)
		}
	}
}

// refuse answers what could not be read, if it may be answered at all, and if that
// needs no waiting: the reader waits for nobody. A client goes, whatever it says as it
// does, else a ghost would stay.
func (c *Component) refuse(conn *conn, h Handler, r *stanza.Refused) {
	s := r.Stanza
	switch {
	case s == nil, s.Kind == 0, s.From.IsZero(), s.Type == "error", s.Type == "result":
		return
	case s.Kind == stanza.Presence && s.Type == "unavailable":
		if c.ours(s.To) {
			h.HandleStanza(s)
		}
		return
	}
	refuse := (*stanza.Stanza).Refuse
	if c.config.Refuse != nil {
		refuse = c.config.Refuse
	}
	answer := refuse(s, r.Err)
	if answer.From.IsZero() {
		answer.From = c.config.Domain
	}
	if c.ours(answer.From) {
		_ = conn.offer(answer.Append)
	}
}

// ours says whether an address is of our domain: a server ends the stream for what
// comes from any other.
func (c *Component) ours(j jid.JID) bool {
	return strings.EqualFold(j.Domain(), c.config.Domain.Domain())
}

// watch asks the server whether it is still there, once it has been silent, and ends
// the stream when it is not, or when ctx is done.
func (c *Component) watch(ctx context.Context, session *xmpp.Session, conn *conn, over <-chan struct{}) {
	var timer *time.Timer
	var due <-chan time.Time
	if c.config.PingAfter > 0 {
		timer = time.NewTimer(c.config.PingAfter)
		defer timer.Stop()
		due = timer.C
	}
	asked := int64(-1) // when it had been heard last as we asked
	for {
		select {
		case <-over:
			return
		case <-ctx.Done():
			c.end(session, conn)
			return
		case <-due:
		}
		heard, silent := conn.heard.Load(), conn.silent()
		switch {
		case heard == asked:
			conn.abort(errors.New("the XMPP server has stopped answering"))
			return
		case silent < c.config.PingAfter:
			timer.Reset(c.config.PingAfter - silent)
		default:
			asked = heard
			c.ping(conn)
			timer.Reset(c.config.PingTimeout)
		}
	}
}

// end says goodbye: what was sent is written, then the stream's end, and the
// server has a moment to answer.
func (c *Component) end(session *xmpp.Session, conn *conn) {
	conn.finish(session.Close, c.config.WriteTimeout)
	<-conn.done
	conn.Conn.SetReadDeadline(time.Now().Add(goodbye))
}

// ping is to ourselves, by way of the server: whatever it answers, it lives. When
// there is no room for it, the server is not reading, and its silence is answer
// enough. XEP-0199
func (c *Component) ping(conn *conn) {
	iq := &stanza.Stanza{
		Kind: stanza.IQ, Type: "get", ID: "isthmus-watch", From: c.config.Domain, To: c.config.Domain,
		Children: []*stanza.Element{stanza.E("urn:xmpp:ping", "ping")},
	}
	_ = conn.offer(iq.Append)
}

const notAuthorized = "not-authorized"

// condition is the stream error that an error is, or "": before we are let in it
// comes from mellium, later from package stanza. RFC 6120 §4.9.3.
func condition(err error) string {
	var early stream.Error
	var late *stanza.StreamError
	switch {
	case errors.As(err, &early):
		return early.Err
	case errors.As(err, &late):
		return late.Condition
	}
	return ""
}

// explain words an error for the operator.
func explain(err error, config Config) string {
	switch condition(err) {
	case notAuthorized:
		return fmt.Sprintf("the XMPP server refuses the secret of the component %s, or knows no such component", config.Domain)
	case "host-unknown":
		return fmt.Sprintf("the XMPP server has no component %s configured", config.Domain)
	case "conflict":
		return fmt.Sprintf("another connection holds the component %s", config.Domain)
	}
	if err == nil {
		return "the XMPP server has closed the stream"
	}
	const none = "no stream to the XMPP server: "
	var op *net.OpError
	if errors.As(err, &op) {
		return none + op.Op + ": " + op.Err.Error() // without our port, which is another each time
	}
	return none + err.Error()
}

package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"isthmus/xmppside/stanza"
)

// A jabber is the scripted client of a Jabber user. It answers requests as a client
// does that knows none, and keeps everything else until expect takes it. send is safe
// from any goroutine, expect belongs to one.
type jabber struct {
	conn  net.Conn
	heard chan *stanza.Stanza // closed at the stream's end
	left  chan struct{}       // closed by close
	once  sync.Once

	sending sync.Mutex // one stanza at a time
}

// jabberQueue is how many stanzas may wait for expect.
const jabberQueue = 256

// login logs in with a password that is the account's name, and says that the user is
// there. close must end what it returns. RFC 6120 §6, §7.
func login(ctx context.Context, address, account string) (*jabber, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(demoPatience))
	j := &jabber{conn: conn, heard: make(chan *stanza.Stanza, jabberQueue), left: make(chan struct{})}
	in, err := j.negotiate(account)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("logging %s in: %w", account, err)
	}
	_ = conn.SetDeadline(time.Time{})
	go j.read(in) // ends in close
	return j, j.send(&stanza.Stanza{Kind: stanza.Presence})
}

// negotiate opens the stream, gives the password, opens it again and binds a resource.
func (j *jabber) negotiate(account string) (*stanza.Reader, error) {
	const header = "<?xml version='1.0'?><stream:stream to='" + demoHost + "' version='1.0' xmlns='" +
		stanza.Client + "' xmlns:stream='" + stanza.Streams + "'>"
	in := bufio.NewReader(j.conn)
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + account + "\x00" + account))
	for _, step := range []struct{ say, until, want string }{
		{header, "</stream:features>", ">PLAIN<"},
		{"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + plain + "</auth>", "/>", "<success "},
		{header, "</stream:features>", "<bind "},
		{"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>demo</resource></bind></iq>", "</iq>", "<jid>"},
	} {
		if _, err := j.conn.Write([]byte(step.say)); err != nil {
			return nil, err
		}
		var got strings.Builder
		for !strings.HasSuffix(got.String(), step.until) {
			b, err := in.ReadByte()
			if err != nil {
				return nil, fmt.Errorf("%w after %q", err, got.String())
			}
			got.WriteByte(b)
		}
		if !strings.Contains(got.String(), step.want) {
			return nil, fmt.Errorf("the server says %q", got.String())
		}
	}
	return stanza.NewReader(in, stanza.Client, stanza.DefaultLimits), nil
}

// read takes what comes until the stream ends.
func (j *jabber) read(in *stanza.Reader) {
	defer close(j.heard)
	for {
		s, err := in.Next()
		if refused := (*stanza.Refused)(nil); errors.As(err, &refused) {
			continue
		} else if err != nil {
			return
		}
		if s.Kind == stanza.IQ && (s.Type == "get" || s.Type == "set") {
			_ = j.send(s.Refuse(&stanza.Error{Type: stanza.Cancel, Condition: stanza.ServiceUnavailable}))
			continue
		}
		select {
		case j.heard <- s:
		case <-j.left:
			return
		}
	}
}

// send sends a stanza.
func (j *jabber) send(s *stanza.Stanza) error {
	j.sending.Lock()
	defer j.sending.Unlock()
	_, err := j.conn.Write(s.Append(nil))
	return err
}

// expect waits for a stanza that matches. It gives all that came until then, with that
// one as the last; if there is an error, none of them is it.
func (j *jabber) expect(ctx context.Context, match func(*stanza.Stanza) bool) (came []*stanza.Stanza, err error) {
	for {
		select {
		case s, open := <-j.heard:
			if !open {
				return came, errors.New("the connection has ended")
			}
			if came = append(came, s); match(s) {
				return came, nil
			}
		case <-ctx.Done():
			return came, ctx.Err()
		}
	}
}

// close ends the stream and the client.
func (j *jabber) close() {
	j.once.Do(func() {
		close(j.left)
		j.sending.Lock()
		_, _ = j.conn.Write([]byte("</stream:stream>"))
		j.sending.Unlock()
		_ = j.conn.Close()
	})
	for range j.heard { // until read has ended
	}
}

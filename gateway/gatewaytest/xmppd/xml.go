package xmppd

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"isthmus/xmppside/jid"
	"isthmus/xmppside/stanza"
)

// The namespaces of the streams.
const (
	nsStream    = "http://etherx.jabber.org/streams"
	nsComponent = "jabber:component:accept"
	nsClient    = "jabber:client"
	nsStreams   = "urn:ietf:params:xml:ns:xmpp-streams"
)

// maxDepth is how deep a stanza may be. No limit of a real server's: it keeps
// the recursion here bounded.
const maxDepth = 200

// A streamError is an offence that ends the stream. RFC 6120 §4.9.3.
type streamError struct{ condition, text string }

func (e *streamError) Error() string { return e.condition + ": " + e.text }

// String is the error as it is sent, with the end of the stream.
func (e *streamError) String() string {
	return "<stream:error><" + e.condition + " xmlns='" + nsStreams + "'/><text xmlns='" + nsStreams + "'>" +
		escape(e.text) + "</text></stream:error></stream:stream>"
}

// A decoder reads one stream. It is encoding/xml and not the reader of the
// gateway, so that what the gateway writes is judged by somebody else.
type decoder struct {
	xml      *xml.Decoder
	in       *tape
	content  string          // the stream's own namespace
	declared map[string]bool // namespaces: encoding/xml lets undeclared prefixes pass
	lenient  bool            // comments and processing instructions are skipped
}

// newDecoder makes a decoder that takes from r not a byte more than it needs, and
// no more than limit bytes for one stanza.
func newDecoder(r *bufio.Reader, limit int) *decoder {
	in := &tape{Reader: r, limit: limit}
	return &decoder{xml: xml.NewDecoder(in), in: in, declared: map[string]bool{"": true, stanza.XML: true}}
}

// header reads <stream:stream>.
func (d *decoder) header() (*stanza.Element, error) {
	for first := true; ; first = false {
		tok, err := d.token()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.ProcInst:
			if !first || t.Target != "xml" {
				return nil, &streamError{"restricted-xml", "processing instruction"}
			}
		case xml.StartElement:
			if t.Name != (xml.Name{Space: nsStream, Local: "stream"}) {
				return nil, &streamError{"invalid-namespace", "no stream"}
			}
			for _, a := range t.Attr {
				if a.Name == (xml.Name{Local: "xmlns"}) {
					d.content = a.Value
				}
			}
			return d.start(t)
		}
	}
}

// next reads one element of the stream's, and gives it as it was written too. At
// the end of the stream the error is io.EOF.
func (d *decoder) next() (*stanza.Element, string, error) {
	for {
		at := d.xml.InputOffset()
		d.in.drop(at)
		tok, err := d.token()
		if err != nil {
			return nil, "", err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return nil, "", io.EOF
		case xml.CharData:
			if strings.Trim(string(t), " \t\r\n") != "" {
				return nil, "", &streamError{"bad-format", "text between stanzas"}
			}
		case xml.StartElement:
			el, err := d.element(t, 1)
			if err != nil {
				return nil, "", err
			}
			return el, d.in.since(at, d.xml.InputOffset()), nil
		case xml.ProcInst, xml.Comment:
			if !d.lenient {
				return nil, "", &streamError{"restricted-xml", "comment or processing instruction"}
			}
		default:
			return nil, "", &streamError{"restricted-xml", "directive"}
		}
	}
}

func (d *decoder) element(t xml.StartElement, depth int) (*stanza.Element, error) {
	el, err := d.start(t)
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, &streamError{"policy-violation", "too deep"}
	}
	for {
		tok, err := d.token()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return el, nil
		case xml.CharData:
			el.Nodes = append(el.Nodes, stanza.Node{Text: string(t)})
		case xml.StartElement:
			child, err := d.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			el.Add(child)
		case xml.ProcInst, xml.Comment:
			if !d.lenient {
				return nil, &streamError{"restricted-xml", "comment or processing instruction"}
			}
		default:
			return nil, &streamError{"restricted-xml", "directive"}
		}
	}
}

// start is an element without what is in it.
func (d *decoder) start(t xml.StartElement) (*stanza.Element, error) {
	el := &stanza.Element{Space: t.Name.Space, Local: t.Name.Local}
	seen := map[xml.Name]bool{}
	for _, a := range t.Attr {
		if seen[a.Name] {
			return nil, &streamError{"not-well-formed", "attribute twice"}
		}
		seen[a.Name] = true
		if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) {
			d.declared[a.Value] = true
		}
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) {
			continue
		}
		if !d.declared[a.Name.Space] {
			return nil, &streamError{"not-well-formed", "undeclared prefix"}
		}
		el.Attrs = append(el.Attrs, stanza.Attr{Space: a.Name.Space, Name: a.Name.Local, Value: a.Value})
	}
	if !d.declared[el.Space] {
		return nil, &streamError{"not-well-formed", "undeclared prefix"}
	}
	if el.Space == d.content {
		el.Space = ""
	}
	return el, nil
}

// token is the next token, and tells what the peer did wrong from what the
// network did.
func (d *decoder) token() (xml.Token, error) {
	tok, err := d.xml.Token()
	switch {
	case err == nil:
		return tok, nil
	case errors.Is(d.in.err, errTooLong):
		return nil, &streamError{"policy-violation", "stanza too large"}
	case d.in.err != nil:
		return nil, d.in.err
	}
	return nil, &streamError{"not-well-formed", err.Error()}
}

var errTooLong = errors.New("stanza too large")

// A tape remembers what the decoder has read of the current stanza. It reads byte
// by byte, which is all that encoding/xml asks of an io.ByteReader.
type tape struct {
	*bufio.Reader
	buf   []byte
	from  int64 // offset of buf[0] in the stream
	limit int
	err   error
}

// ReadByte implements io.ByteReader.
func (t *tape) ReadByte() (byte, error) {
	if len(t.buf) > t.limit {
		t.err = errTooLong
		return 0, t.err
	}
	b, err := t.Reader.ReadByte()
	if err != nil {
		t.err = err
		return 0, err
	}
	t.buf = append(t.buf, b)
	return b, nil
}

// drop forgets what came before the offset.
func (t *tape) drop(offset int64) {
	t.buf = t.buf[:copy(t.buf, t.buf[offset-t.from:])]
	t.from = offset
}

func (t *tape) since(start, end int64) string { return string(t.buf[start-t.from : end-t.from]) }

// Parse reads one stanza, as it stands on a component stream.
func Parse(raw string) (*stanza.Stanza, error) {
	d := newDecoder(bufio.NewReader(strings.NewReader(raw)), len(raw)+1)
	d.content = nsComponent
	el, _, err := d.next()
	if err != nil {
		return nil, err
	}
	return toStanza(el)
}

var kinds = map[string]stanza.Kind{"message": stanza.Message, "presence": stanza.Presence, "iq": stanza.IQ}

// toStanza takes an element for a stanza. The error is a *streamError when it is
// none, and a *jid.Error for a malformed address, with a stanza all the same.
func toStanza(el *stanza.Element) (*stanza.Stanza, error) {
	kind, ok := kinds[el.Local]
	if !ok || el.Space != "" {
		return nil, &streamError{"unsupported-stanza-type", el.Local}
	}
	st := &stanza.Stanza{Kind: kind, Type: el.Attr("type"), ID: el.Attr("id"), Lang: el.Lang(), Children: el.Children()}
	var err error
	for _, a := range []struct {
		to   *jid.JID
		text string
	}{{&st.To, el.Attr("to")}, {&st.From, el.Attr("from")}} {
		if a.text == "" {
			continue
		}
		j, bad := jid.Parse(a.text)
		if bad != nil {
			err = bad
		}
		*a.to = j
	}
	return st, err
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", "\"", "&quot;")

func escape(s string) string { return escaper.Replace(s) }

package ircside

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"

	"github.com/rs/zerolog"

	"isthmus/ircside/irc"
)

// readBuffer is small, for there is one a user; a longer line is put together.
const readBuffer = 4096

// read is the reader: it hands over all complete lines that have arrived, up to
// maxBatch at a time, and ends with the socket. A line over the limit, and one that
// is none, is logged and skipped; half a line before the end is none.
func read(ctx context.Context, conn net.Conn, texts irc.Charsets, log zerolog.Logger,
	lines chan<- []irc.Line, failed chan<- *irc.CloseError) {
	r := bufio.NewReaderSize(conn, readBuffer)
	// The loop has done with one batch when it takes the next, so two are enough.
	var batches [2][]irc.Line
	for turn := 0; ; turn = 1 - turn {
		batch := batches[turn][:0]
		var err error
		for len(batch) < maxBatch && (len(batch) == 0 || complete(r)) {
			var raw []byte
			if raw, err = readLine(r); err != nil {
				break
			}
			l, bad := irc.ParseLine(raw)
			if bad != nil {
				if raw == nil {
					bad = errTooLong
				}
				if raw == nil || len(bytes.TrimSpace(raw)) > 0 {
					log.Debug().Err(bad).Msg("line from irc skipped")
				}
				continue
			}
			l = texts.DecodeLine(l)
			if e := log.Trace(); e.Enabled() {
				e.Str("line", logged(l)).Msg("from irc")
			}
			batch = append(batch, l)
		}
		batches[turn] = batch
		if len(batch) > 0 {
			select {
			case lines <- batch:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			failed <- lost(err)
			return
		}
	}
}

// complete says whether another whole line has arrived already.
func complete(r *bufio.Reader) bool {
	b, _ := r.Peek(r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}

// errTooLong is why a line over the limit was skipped.
var errTooLong = errors.New("over the limit of a line")

// readLine reads to the next line feed. What is over the limit is read and
// dropped, and comes back as nil.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		if long != nil {
			long = append(long, line...)
		}
		if len(long) > irc.MaxLine {
			long = nil
		}
	}
	return long, err
}

// closed is said of a connection that the server has ended.
const closed = "the network closed the connection"

func lost(err error) *irc.CloseError {
	text := "the connection was lost: " + cause(err).Error()
	if errors.Is(err, io.EOF) {
		text = closed
	}
	return &irc.CloseError{Reason: irc.CloseLost, Text: text}
}

package ircd

import (
	"bufio"
	"flag"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the transcripts under testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A wire is the peer's end of a connection, and what came over it.
type wire struct {
	nc    net.Conn
	lines []string
	done  chan struct{}
}

func connect(s *Server, strict bool) *wire {
	near, far := net.Pipe()
	w := &wire{nc: near, done: make(chan struct{})}
	if strict {
		go s.ServeConnStrict(far)
	} else {
		go s.ServeConn(far)
	}
	go func() {
		defer close(w.done)
		r := bufio.NewReader(near)
		for {
			text, err := r.ReadString('\n')
			if err != nil {
				w.lines = append(w.lines, "(closed)")
				return
			}
			w.lines = append(w.lines, strings.TrimSuffix(text, "\r\n"))
		}
	}()
	synctest.Wait()
	return w
}

func (w *wire) send(text string) {
	_, _ = w.nc.Write([]byte(text))
	synctest.Wait()
}

func (w *wire) take() []string {
	lines := w.lines
	w.lines = nil
	return lines
}

// A script is one transcript being played. Its lines:
//
//	config KEY VALUE      before all else; caps, isupport, prefix, …
//	enter ann [CAP …]     connects and registers, without showing it
//	raw ann               connects
//	ann> LINE             ann sends it; \n, \r, \0 and ~N~ (N times x) are escapes
//	do VERB ARG …         a method of Server
//	wait DURATION
//
// and below each what came of it: "ann< LINE", "!! VIOLATION".
type script struct {
	t      *testing.T
	config Config
	server *Server
	wires  map[string]*wire
	told   int
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, string(want)) })
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func play(t *testing.T, text string) string {
	sc := &script{t: t, wires: map[string]*wire{}, config: Config{Strict: true}}
	var out strings.Builder
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if who, _, found := strings.Cut(l, "< "); found && !strings.Contains(who, " ") || strings.HasPrefix(l, "!! ") {
			continue
		}
		out.WriteString(l + "\n")
		if l != "" && l[0] != '#' {
			sc.step(l)
			sc.collect(&out)
		}
	}
	if sc.server != nil {
		_ = sc.server.Close()
		for _, w := range sc.wires {
			<-w.done
		}
	}
	return out.String()
}

func (sc *script) collect(out *strings.Builder) {
	for _, name := range slices.Sorted(maps.Keys(sc.wires)) {
		for _, l := range sc.wires[name].take() {
			out.WriteString(name + "< " + strings.ReplaceAll(l, sc.server.config.Name, "srv") + "\n")
		}
	}
	if sc.server == nil {
		return
	}
	all := sc.server.Violations()
	for _, v := range all[sc.told:] {
		out.WriteString("!! " + v + "\n")
	}
	sc.told = len(all)
}

func (sc *script) step(l string) {
	if key, value, found := strings.Cut(strings.TrimPrefix(l, "config "), " "); found && strings.HasPrefix(l, "config ") {
		sc.configure(key, value)
		return
	}
	if sc.server == nil {
		sc.server = New(sc.config)
	}
	if who, line, found := strings.Cut(l, "> "); found && !strings.Contains(who, " ") {
		if sc.wires[who] == nil {
			sc.t.Fatalf("%q: no such wire", l)
		}
		sc.wires[who].send(unescapeScript(line))
		return
	}
	words := strings.Fields(l)
	switch words[0] {
	case "raw":
		sc.wires[words[1]] = connect(sc.server, true)
	case "enter":
		w := connect(sc.server, true)
		if len(words) > 2 {
			w.send("CAP LS 302\r\nCAP REQ :" + strings.Join(words[2:], " ") + "\r\nCAP END\r\n")
		}
		w.send("NICK " + words[1] + "\r\nUSER " + words[1] + " 0 * :" + words[1] + " X\r\n")
		if !slices.Contains(sc.server.Nicks(), words[1]) {
			sc.t.Fatalf("%q: did not come in: %q", l, w.take())
		}
		w.take()
		sc.wires[words[1]] = w
	case "wait":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			sc.t.Fatal(err)
		}
		<-time.After(d) // of the bubble
	case "do":
		sc.do(words[1:])
	default:
		sc.t.Fatalf("not a step: %q", l)
	}
	synctest.Wait()
}

func (sc *script) configure(key, value string) {
	c := &sc.config
	switch key {
	case "caps":
		if c.Caps = strings.Fields(value); value == "all" {
			c.Caps = AllCaps()
		}
	case "isupport":
		c.ISupport = strings.Fields(value)
	case "prefix":
		c.Prefix = value
	case "password":
		c.Password = value
	case "motd":
		c.MOTD = append(c.MOTD, value)
	case "nick":
		c.NickLen, c.CutNick = 9, value == "cut"
	case "account":
		user, password, _ := strings.Cut(value, " ")
		c.Accounts = map[string]string{user: password}
	default:
		sc.t.Fatalf("config %s: no such key", key)
	}
}

func (sc *script) do(w []string) {
	s, ok := sc.server, true
	rest := func(i int) string { return strings.Join(w[i:], " ") }
	switch w[0] {
	case "inject":
		ok = s.Inject(w[1], rest(2))
	case "drop":
		ok = s.Drop(w[1])
	case "kill":
		ok = s.Kill(w[1], rest(2))
	case "rename":
		ok = s.Rename(w[1], w[2])
	case "host":
		ok = s.ChangeHost(w[1], w[2], w[3])
	case "login":
		ok = s.LogIn(w[1], rest(2))
	case "mode":
		ok = s.ServerMode(w[1], w[2], w[3:]...)
	case "op":
		ok = s.ServerOp(w[1], w[2])
	case "forward":
		s.Forward(w[1], rest(2))
	case "refuse":
		s.Refuse(w[1] == "on", rest(2))
	case "silence":
		s.Silence(w[1], w[2] == "on")
	case "caps":
		s.SetCaps(w[1:])
	case "split":
		s.Split(w[1:]...)
	case "unsplit":
		s.Unsplit()
	case "close":
		_ = s.Close()
	default:
		sc.t.Fatalf("do %v: no such verb", w)
	}
	if !ok {
		sc.t.Errorf("do %v: refused", w)
	}
}

// unescapeScript turns a script's line into what goes on the wire, with CR LF unless
// it says otherwise.
func unescapeScript(l string) string {
	if before, after, ok := strings.Cut(l, "~"); ok {
		number, tail, _ := strings.Cut(after, "~")
		n := 0
		for _, d := range number {
			n = n*10 + int(d-'0')
		}
		l = before + strings.Repeat("x", n) + tail
	}
	raw := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\0`, "\x00").Replace(l)
	if strings.HasSuffix(raw, "\n") {
		return raw
	}
	return raw + "\r\n"
}

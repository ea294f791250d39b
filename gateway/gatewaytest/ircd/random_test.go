package ircd

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// FuzzLines throws bytes at a server. Whatever they are, it stays up, and each line
// that it says is one.
func FuzzLines(f *testing.F) {
	f.Add([]byte("CAP LS 302\r\nCAP REQ :batch labeled-response echo-message message-tags\r\nCAP END\r\n" +
		"NICK a\r\nUSER a 0 * :\r\n@label=1;+x=\\: JOIN #a,#b,,0 k\r\nMODE #a +bkle-o+v a!b 5 :x y\r\n"))
	f.Add([]byte("NICK a\r\nUSER a 0 * :x\r\nJOIN #c\r\nWHO #c %tcuihsnfdlaor,:\r\nLIST !#a,>0,<,*\r\nKICK #c a,b :\r\n"))
	f.Add([]byte("@\r\n@=\r\n:\r\n: \r\n  \r\nNICK :\r\nPRIVMSG  @+#c :\n\x00\r\r\nTOPIC #c : :\r\nWHOIS : :\r\nQUIT :\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(Config{Caps: AllCaps(), Strict: true, MOTD: []string{"", ":x"}, Prefix: "(qaohv)~&@%+"})
		near, far := net.Pipe()
		said := make(chan string)
		go s.ServeConn(far)
		go func() {
			b, _ := io.ReadAll(near)
			said <- string(b)
		}()
		_, _ = near.Write(data)
		_, _ = near.Write([]byte("\r\nNICK a\r\nUSER a 0 * :x\r\nJOIN #c\r\n"))
		_, _ = near.Write(data)
		_, _ = near.Write([]byte("\r\nQUIT\r\n"))
		all := <-said // so every line was taken
		_ = s.Close()
		for l := range strings.Lines(all) {
			text, ok := strings.CutSuffix(l, "\r\n")
			body := text
			if strings.HasPrefix(text, "@") {
				_, body, _ = strings.Cut(text, " ")
			}
			got, problem := parse(text)
			if !ok || strings.ContainsAny(text, "\r\x00") || len(body) > maxBody-2 || got.command == "" ||
				problem != "" && problem != "a client gave a source" && len(body) < maxBody-2 {
				t.Errorf("said %q: %s", l, problem)
			}
		}
	})
}

// A watcher makes out from the lines that one user gets who is in which channel, as
// which "@+nick".
type watcher struct {
	*wire
	nick string
	in   map[string]map[string]string // channel, nick, prefix modes
}

func (w *watcher) watch(text string) {
	source, rest, _ := strings.Cut(strings.TrimPrefix(text, ":"), " ")
	if strings.HasPrefix(text, "@") {
		_, text, _ = strings.Cut(text, " ")
		w.watch(text)
		return
	}
	who, _, _ := strings.Cut(source, "!")
	l, _ := parse(rest)
	ch := l.param(0)
	switch l.command {
	case "JOIN":
		if who == w.nick {
			w.in[ch] = map[string]string{}
		}
		w.in[ch][who] = ""
	case "PART":
		w.out(ch, who)
	case "KICK":
		w.out(ch, l.param(1))
	case "QUIT":
		for ch := range w.in {
			delete(w.in[ch], who)
		}
	case "NICK":
		for _, people := range w.in {
			if modes, ok := people[who]; ok {
				delete(people, who)
				people[ch] = modes
			}
		}
		if who == w.nick {
			w.nick = ch
		}
	case "353":
		for _, word := range strings.Fields(l.param(3)) {
			nick := strings.TrimLeft(word, "@+")
			if people := w.in[l.param(2)]; people != nil {
				people[nick] = word[:len(word)-len(nick)]
			}
		}
	case "MODE":
		w.modes(ch, l.param(1), l.params[min(2, len(l.params)):])
	}
}

func (w *watcher) out(ch, nick string) {
	if delete(w.in[ch], nick); nick == w.nick {
		delete(w.in, ch)
	}
}

func (w *watcher) modes(ch, flags string, args []string) {
	add := true
	for _, f := range flags {
		if f == '+' || f == '-' {
			add = f == '+'
		} else if symbol := map[rune]string{'o': "@", 'v': "+"}[f]; symbol != "" {
			modes := strings.ReplaceAll(w.in[ch][args[0]], symbol, "")
			if add && symbol == "@" {
				modes = symbol + modes
			} else if add {
				modes += symbol
			}
			w.in[ch][args[0]], args = modes, args[1:]
		}
	}
}

// TestRandom has four users do as they like, and networks do as they do; what each
// was told must be what is.
func TestRandom(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { ramble(t, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func ramble(t *testing.T, r *rand.Rand) {
	s := New(Config{Caps: AllCaps()})
	names, channels := []string{"ann", "bob", "eve", "tom", "max"}, []string{"#a", "#b"}
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	all := make([]*watcher, 4)
	come := func(i int) {
		w := &watcher{wire: connect(s, false), nick: fmt.Sprintf("new%d", i), in: map[string]map[string]string{}}
		w.send("CAP LS 302\r\nCAP REQ :multi-prefix " + pick([]string{"", "batch", "chghost"}) +
			"\r\nCAP END\r\nNICK " + w.nick + "\r\nUSER u 0 * :x\r\n")
		all[i] = w
	}
	for i := range all {
		come(i)
	}
	for step := 0; step < 150 && !t.Failed(); step++ {
		i := r.IntN(len(all))
		a, b, ch := all[i], pick(s.Nicks()), pick(channels)
		line := pick([]string{
			"JOIN " + ch, "JOIN " + ch, "JOIN " + ch, "PART " + ch, "NICK " + pick(names), "NAMES " + ch, "AWAY :x",
			"KICK " + ch + " " + b, "MODE " + ch + " +o " + b, "MODE " + ch + " -o+v " + b + " " + a.nick, "TOPIC " + ch + " :x",
			"quit", "drop", "kill", "split", "unsplit", "host", "op",
		})
		switch line {
		case "quit":
			a.send("QUIT\r\n")
			<-a.done
			come(i)
		case "drop":
			s.Drop(a.nick)
			come(i)
		case "kill":
			s.Kill(a.nick, "x")
			come(i)
		case "split":
			s.Split(b)
		case "unsplit":
			s.Unsplit()
		case "host":
			s.ChangeHost(b, "u", "h"+b)
		case "op":
			s.ServerOp(ch, b)
		default:
			a.send(line + "\r\n")
		}
		synctest.Wait()
		for _, w := range all {
			for _, l := range w.take() {
				w.watch(l)
			}
		}
		for _, w := range all {
			if diff := cmp.Diff(s.seenBy(w.nick), w.seen()); diff != "" {
				t.Errorf("step %d, %s: %s knows otherwise (-is +told):\n%s", step, line, w.nick, diff)
			}
		}
	}
	_ = s.Close()
	for _, w := range all {
		<-w.done
	}
}

// seen is what a watcher knows.
func (w *watcher) seen() map[string][]string {
	out := map[string][]string{}
	for ch, people := range w.in {
		for nick, modes := range people {
			out[ch] = append(out[ch], modes+nick)
		}
		slices.Sort(out[ch])
	}
	return out
}

// seenBy is what somebody should know: the channels they are in, and all on their
// side of a split who are in those.
func (s *Server) seenBy(nick string) map[string][]string {
	out := map[string][]string{}
	s.with(nick, func(c *client) {
		for _, ch := range s.channelsOf(c) {
			for _, o := range s.membersOf(ch, c) {
				out[ch.name] = append(out[ch.name], s.symbolsOf(ch.members[o], true)+o.nick)
			}
			slices.Sort(out[ch.name])
		}
	})
	return out
}

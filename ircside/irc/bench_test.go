package irc

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// crowd is NAMES of n people, as many a line as fit.
func crowd(n int, channel string, userhost bool) []string {
	var lines []string
	line := ""
	flush := func() { lines = append(lines, ":irc.example.net 353 ann = "+channel+" :"+line); line = "" }
	for i := range n {
		word := fmt.Sprintf("nick%d", i)
		if userhost {
			word = fmt.Sprintf("nick%d!~user%d@host-%d.example.net", i, i, i)
		}
		if len(line)+len(word) > 440 {
			flush()
		}
		line += word + " "
	}
	flush()
	return append([]string{":ann!u@h JOIN " + channel}, append(lines, ":irc.example.net 366 ann "+channel+" :End of /NAMES list.")...)
}

func parsed(b testing.TB, lines []string) []Line {
	out := make([]Line, len(lines))
	for i, text := range lines {
		l, err := ParseLine([]byte(text))
		if err != nil {
			b.Fatal(err)
		}
		out[i] = l
	}
	return out
}

func BenchmarkRecvPrivmsg(b *testing.B) {
	for name, line := range map[string]string{
		"plain":  ":Bob!~bob@host.example.net PRIVMSG #Channel :Good morning, everybody, how are you?",
		"tagged": "@account=bob;msgid=63E1033A051D4B41B1AB1FA3CF4B243E;time=2026-01-01T00:00:00.000Z :Bob!~bob@host.example.net PRIVMSG #Channel :Good morning, everybody, how are you?",
	} {
		b.Run(name, func(b *testing.B) {
			d := ready(b, "batch echo-message labeled-response")
			d.core.nick = "Ann"
			l := parsed(b, []string{line})[0]
			b.ReportAllocs()
			for b.Loop() {
				d.core.Recv(l, dawn)
				if _, tell := d.core.Take(); len(tell) != 1 {
					b.Fatal(tell)
				}
			}
		})
	}
}

func BenchmarkNames5000(b *testing.B) {
	d := ready(b, "")
	lines := parsed(b, crowd(5000, "#c", true))
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range lines {
			d.core.Recv(l, dawn)
		}
		if _, tell := d.core.Take(); len(tell[len(tell)-1].(Joined).Members) != 5000 {
			b.Fatal(tell)
		}
	}
}

// joined is what comes of n people's NAMES.
func joined(b testing.TB, n int, channel string, userhost bool) Joined {
	d := ready(b, "")
	for _, l := range parsed(b, crowd(n, channel, userhost)) {
		d.core.Recv(l, dawn)
	}
	_, tell := d.core.Take()
	return tell[len(tell)-1].(Joined)
}

func BenchmarkView5000(b *testing.B) {
	ev := joined(b, 5000, "#c", true)
	v := NewView("ann", plain())
	v.Apply(ev)
	for name, do := range map[string]func() int{
		"join":    func() int { v := NewView("ann", plain()); v.Apply(ev); return v.Size("#c") },
		"again":   func() int { return len(v.Apply(ev)) + v.Size("#c") },
		"members": func() int { return len(v.Members("#c")) },
		"clone":   func() int { return v.Clone().Size("#c") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if do() != 5001 {
					b.Fatal("not all are there")
				}
			}
		})
	}
}

// heap is how much of it is in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fill makes a view of channels with the same people in them, from lines of their own
// as the network would send them.
func fill(b testing.TB, channels, people int, userhost bool) *View {
	v := NewView("ann", plain())
	for i := range channels {
		v.Apply(joined(b, people, fmt.Sprintf("#channel%d", i), userhost))
	}
	return v
}

// BenchmarkMemory tells what a member of a channel costs, all included.
func BenchmarkMemory(b *testing.B) {
	for _, userhost := range []bool{false, true} {
		b.Run(fmt.Sprintf("userhost=%v", userhost), func(b *testing.B) {
			const views, channels, people = 20, 5, 200
			var place float64
			for b.Loop() {
				all := make([]*View, views)
				before := heap()
				for i := range all {
					all[i] = fill(b, channels, people, userhost)
				}
				place = float64(heap()-before) / (views * channels * (people + 1))
				runtime.KeepAlive(all)
			}
			b.ReportMetric(place, "B/place")
		})
	}
}

// TestMemory holds what a member costs against what it may.
func TestMemory(t *testing.T) {
	const views, channels, people, most = 20, 5, 200, 110
	all := make([]*View, views)
	before := heap()
	for i := range all {
		all[i] = fill(t, channels, people, false)
	}
	if place := float64(heap()-before) / (views * channels * (people + 1)); place > most {
		t.Errorf("%.0f bytes a place, at most %d", place, most)
	}
	runtime.KeepAlive(all)
}

// TestNothingIsPinned has a view hear of people in long lines, which it must not keep.
func TestNothingIsPinned(t *testing.T) {
	const people = 300
	v := NewView("ann", plain())
	d := ready(t, "extended-join")
	before := heap()
	padding := "@+x=" + strings.Repeat("x", 15000) + " "
	d.recv(t, ":ann JOIN #c")
	d.recv(t, ":s 366 ann #c :End")
	for i := range people {
		for _, form := range []string{
			":n%d!u@h JOIN #c acc :Real Name", ":n%d!u@h CHGHOST v w", ":n%d!v@w ACCOUNT other", ":n%d!v@w SETNAME :Name",
			":n%d!v@w AWAY :out", ":n%d!v@w NICK n%[1]d_", ":s MODE #c +ovb n%d_ n%[1]d_ b%[1]d!*@*", ":s TOPIC #c :topic %d",
		} {
			d.recv(t, padding+fmt.Sprintf(form, i))
			_, tell := d.core.Take()
			for _, ev := range tell {
				v.Apply(ev)
			}
		}
	}
	if size := heap() - before; size > people*700 {
		t.Errorf("%d bytes for %d people", size, people)
	}
	if n := v.Size("#c"); n != people+1 {
		t.Errorf("%d people", n)
	}
	runtime.KeepAlive(d)
}

// TestAllocations holds the busiest path: a line comes, an event goes.
func TestAllocations(t *testing.T) {
	d := ready(t, "")
	d.core.nick = "Ann"
	l := parsed(t, []string{":Bob!~bob@host.example.net PRIVMSG #Channel :Good morning"})[0]
	if n := testing.AllocsPerRun(100, func() { d.core.Recv(l, dawn); d.core.Take() }); n > 2 {
		t.Errorf("%v allocations, at most 2: the event, and the list that holds it", n)
	}
}

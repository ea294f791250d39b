package irc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// A shadow follows a View by its changes alone, as those do who show them: nick to
// member, by channel. It trusts nothing that it is told.
type shadow map[string]map[string]Member

// follow applies one change.
func (s shadow) follow(t testing.TB, ev Event, c Change) {
	t.Helper()
	room := s[c.Channel]
	if room == nil || c.Before.IsNobody() && c.After.IsNobody() {
		t.Fatalf("%T: %q is not followed: %+v", ev, c.Channel, c)
	}
	if c.Before.IsNobody() {
		if _, there := room[c.After.Nick]; there {
			t.Fatalf("%T: %q comes to where they are", ev, c.After.Nick)
		}
	} else if was, there := room[c.Before.Nick]; !there || was.Modes != c.Before.Modes || was.ID != c.Before.ID {
		t.Fatalf("%T: %+v changes, who was %+v", ev, c.Before, was)
	}
	delete(room, c.Before.Nick)
	if c.After.IsNobody() {
		return
	}
	if _, there := room[c.After.Nick]; there {
		t.Fatalf("%T: %q becomes somebody who is there: %q", ev, c.Before.Nick, c.After.Nick)
	}
	room[c.After.Nick] = c.After
}

// apply has the view take an event in, and holds it against the shadow.
func (s shadow) apply(t testing.TB, v *View, ev Event) {
	t.Helper()
	if j, ok := ev.(Joined); ok { // spelt otherwise, perhaps
		if ch, ok := v.Channel(j.Channel); ok && ch.Name != j.Channel {
			s[j.Channel] = s[ch.Name]
			delete(s, ch.Name)
		}
	}
	for _, c := range v.Apply(ev) {
		s.follow(t, ev, c)
	}
	for _, ch := range v.channels.All() {
		if s[ch.Name] == nil {
			s[ch.Name] = s.of(v, ch.Name)
		}
	}
	for name := range s {
		if _, ok := v.Channel(name); !ok {
			delete(s, name)
		}
	}
	s.check(t, v, fmt.Sprintf("%T", ev))
}

func (s shadow) of(v *View, channel string) map[string]Member {
	room := map[string]Member{}
	for c := range v.Each(channel) {
		room[c.After.Nick] = c.After
	}
	return room
}

// check says whether the shadow is what the view shows.
func (s shadow) check(t testing.TB, v *View, when string) {
	t.Helper()
	if len(s) != v.channels.Len() {
		t.Fatalf("%s: %d channels, %d followed", when, v.channels.Len(), len(s))
	}
	for name, room := range s {
		if v.Size(name) != len(room) {
			t.Fatalf("%s: %s has %d members, %d followed", when, name, v.Size(name), len(room))
		}
		for c := range v.Each(name) {
			if m := room[c.After.Nick]; m.Modes != c.After.Modes || m.ID != c.After.ID {
				t.Fatalf("%s: %s: %+v was followed to %+v", when, name, c.After, m)
			}
		}
		if _, ok := room[v.Self().Nick]; !ok {
			t.Fatalf("%s: we are not in %s", when, name)
		}
	}
	checkPeople(t, v)
}

// since holds Since of an older copy: followed, it leads to what is now.
func since(t testing.TB, v, old *View) {
	t.Helper()
	for _, ch := range v.channels.All() {
		if _, ok := old.Channel(ch.Name); !ok {
			continue
		}
		was := shadow{ch.Name: shadow(nil).of(old, ch.Name)}
		for _, c := range v.Since(old, ch.Name) {
			was.follow(t, Note{}, c)
		}
		if now := (shadow{}).of(v, ch.Name); !maps.Equal(was[ch.Name], now) {
			t.Fatalf("%s: since leads to\n%v, is\n%v", ch.Name, was[ch.Name], now)
		}
	}
}

// A naive is a View as one would write it first: from the events, with no people.
type naive map[string]map[string]string // channel, nick: modes

func (n naive) apply(v *View, self string, ev Event) {
	s := v.Support()
	each := func(nick string, do func(room map[string]string, modes string)) {
		for _, room := range n {
			if m, ok := room[s.Fold(nick)]; ok {
				do(room, m)
			}
		}
	}
	switch ev := ev.(type) {
	case Joined:
		room := map[string]string{}
		for _, m := range ev.Members {
			room[s.Fold(m.Nick)] = m.Modes
		}
		if _, ok := room[s.Fold(self)]; !ok {
			room[s.Fold(self)] = n[s.Fold(ev.Channel)][s.Fold(self)]
		}
		n[s.Fold(ev.Channel)] = room
	case Came:
		if room := n[s.Fold(ev.Channel)]; room != nil {
			if _, ok := room[s.Fold(ev.Person.Nick)]; !ok {
				room[s.Fold(ev.Person.Nick)] = ""
			}
		}
	case Went:
		delete(n[s.Fold(ev.Channel)], s.Fold(ev.Nick))
		if s.Fold(ev.Nick) == s.Fold(self) {
			delete(n, s.Fold(ev.Channel))
		}
	case Quit:
		for _, nick := range ev.Nicks {
			if s.Fold(nick) != s.Fold(self) {
				each(nick, func(room map[string]string, _ string) { delete(room, s.Fold(nick)) })
			}
		}
	case Renamed:
		if _, ok := v.Person(ev.Old); !ok {
			return
		}
		if s.Fold(ev.New) != s.Fold(ev.Old) && s.Fold(ev.New) != s.Fold(self) {
			each(ev.New, func(room map[string]string, _ string) { delete(room, s.Fold(ev.New)) })
		}
		each(ev.Old, func(room map[string]string, m string) {
			delete(room, s.Fold(ev.Old))
			if s.Fold(ev.New) != s.Fold(self) || s.Fold(ev.Old) == s.Fold(self) {
				room[s.Fold(ev.New)] = m
			}
		})
	case Modes:
		room := n[s.Fold(ev.Channel)]
		for _, c := range ev.Changes {
			m, ok := room[s.Fold(c.Arg)]
			if !ok || c.Kind != PrefixMode {
				continue
			}
			m = strings.ReplaceAll(m, string(c.Mode), "")
			if c.Add {
				m += string(c.Mode)
			}
			room[s.Fold(c.Arg)] = s.SortModes(m)
		}
	}
}

func (n naive) check(t testing.TB, v *View) {
	t.Helper()
	got := naive{}
	for _, ch := range v.channels.All() {
		room := map[string]string{}
		for c := range v.Each(ch.Name) {
			room[v.Support().Fold(c.After.Nick)] = c.After.Modes
		}
		got[v.Support().Fold(ch.Name)] = room
	}
	if !maps.EqualFunc(n, got, func(a, b map[string]string) bool { return maps.Equal(a, b) }) {
		t.Fatalf("is %v\nshould be %v", got, n)
	}
}

// TestViewAgainstModels has views live through anything, and holds them against what
// is rebuilt from the events, and from the changes, and against Since.
func TestViewAgainstModels(t *testing.T) {
	for seed := range uint64(200) {
		random := newRandom(seed)
		v := NewView("ann", plain())
		changes, events := shadow{}, naive{}
		nicks := strings.Fields("ann bob Bob carl Carl dave eve fay")
		channels := strings.Fields("#a #A #b #c")
		nick := func() string { return nicks[random.IntN(len(nicks))] }
		var old *View
		for i := range 150 {
			ch := channels[random.IntN(len(channels))]
			var ev Event
			switch random.IntN(10) {
			case 0:
				var all []Member
				for _, nick := range nicks {
					same := func(m Member) bool { return v.Support().same(m.Nick, nick) }
					if random.IntN(2) == 0 && !slices.ContainsFunc(all, same) {
						all = append(all, Member{Person{Nick: nick}, []string{"", "o", "qv"}[random.IntN(3)]})
					}
				}
				ev = Joined{Channel: ch, Members: all}
			case 1, 2:
				ev = Came{Channel: ch, Person: Person{Nick: nick()}}
			case 3:
				ev = Went{Channel: ch, Nick: nick(), Kick: random.IntN(2) == 0}
			case 4:
				ev = Quit{Nicks: []string{nick(), nick()}}
			case 5, 6:
				ev = Renamed{Old: nick(), New: nick()}
			case 7:
				ev = modes(v, ch, "x", []string{"+o ", "-o ", "+v-q ", "+q "}[random.IntN(4)]+nick())
			case 8:
				ev = About{Person: Person{Nick: nick(), Account: nick()}, Known: KnownAccount}
			case 9:
				if random.IntN(3) == 0 {
					v.Lost()
				}
				continue
			}
			if c, ok := ev.(Came); ok {
				if known, _ := v.Channel(c.Channel); !known.Open {
					continue // nothing is said of a channel that we are not in
				}
			}
			events.apply(v, v.Self().Nick, ev)
			changes.apply(t, v, ev)
			events.check(t, v)
			if old != nil {
				since(t, v, old)
			}
			if i%20 == 0 {
				old = v.Clone()
				checkPeople(t, old)
			}
		}
	}
}

// FuzzCore feeds a session with anything that a server, the gateway and time may do.
func FuzzCore(f *testing.F) {
	f.Add([]byte("\x00:ann!u@h JOIN #c\n:s 353 ann = #c :@ann +bob carl\n:s 366 ann #c :End\n:bob!u@h NICK rob\n:s MODE #c +o-v rob rob"))
	f.Add([]byte("\x01\x01\x00\n@label=1.0 :s BATCH +x labeled-response\n@batch=x :ann!u@h JOIN #a\n@batch=x :s 366 ann #a :End\n:s BATCH -x"))
	f.Add([]byte("\x02\x01\x02\n:s 404 ann #a :No\n\x02\x14\n\x01\x04\n:s PONG s isthmus-1\n:bob!u@h QUIT :a.b c.d"))
	f.Add([]byte("\x03:ann JOIN #a[\n:s 353 ann = #a[ :a[ A{ ann\n:s 366 ann #a[ :e\n:s 005 ann CASEMAPPING=rfc1459 PREFIX=(v)+ :x\n\x03\n:s 001 bob x"))
	f.Add([]byte("\x01:s BATCH +n netsplit a b\n@batch=n :bob!u@h QUIT :a b\n:s BATCH -n\n:s CAP ann DEL :batch\n\x04\n:ann!u@h KICK #a ann"))
	f.Fuzz(fuzzCore)
}

// asks are what FuzzCore asks for, by number.
var asks = []Command{
	Join{"#a", ""}, Part{"#a", ""}, Say{Target: "#a", Lines: []string{"x", "y"}}, Say{Target: "ann", Lines: []string{"x"}},
	Say{Target: "bob", Kind: Notice, Lines: []string{"x"}}, Nick{"bob"}, SetTopic{"#a", "x"}, Kick{"#a", "bob", ""},
	GetModes{"#a"}, GetList{"#a", 'b'}, Invite{"bob", "#a"}, Away{""}, Who{"#a"}, Whois{Nick: "bob"}, Raw{"VERSION"},
	SetModes{"#a", nil}, SetModes{"#a", []ModeChange{{true, 'o', PrefixMode, "bob"}}}, QuitCmd{}, Join{"0", ""},
}

// fuzzCore takes a byte for the capabilities, then lines: \x01 and a byte asks for
// something, \x02 and a byte lets that many seconds pass, \x03 ends the session and
// starts another behind the same view; all else is the server's.
func fuzzCore(t *testing.T, data []byte) {
	if len(data) == 0 {
		return
	}
	caps := []string{"", "batch labeled-response", "echo-message", "batch echo-message labeled-response"}
	session := func() *dialogue { return ready(t, caps[int(data[0])%len(caps)], "CASEMAPPING=ascii", "PREFIX=(ov)@+") }
	d, v, room, old := session(), NewView("ann", plain()), shadow{}, (*View)(nil)
	done, closed, ref := map[Ref]int{}, false, Ref(0)
	take := func() {
		_, tell := d.core.Take()
		for _, ev := range tell {
			if closed {
				t.Fatalf("%T after Closed", ev)
			}
			switch ev := ev.(type) {
			case Done:
				if done[ev.Ref]++; done[ev.Ref] > 1 {
					t.Fatalf("%d is done twice", ev.Ref)
				}
			case Closed:
				closed = true
			}
			room.apply(t, v, ev)
		}
		if old != nil && old.Support().CaseMapping == v.Support().CaseMapping {
			since(t, v, old)
		}
		if len(d.core.batches) > maxBatches || d.core.inside.Len() > maxChannels || d.core.load.events > maxHeld || d.core.load.bytes > 2*maxGathered {
			t.Fatal("out of bounds")
		}
	}
	for i, raw := range strings.Split(string(data[1:]), "\n") {
		switch {
		case len(raw) > 1 && raw[0] == 1:
			ref++
			d.core.Do(asks[int(raw[1])%len(asks)], ref, d.now)
		case len(raw) > 1 && raw[0] == 2:
			d.now = d.now.Add(time.Duration(1+3*int(raw[1])) * time.Second)
			d.core.Tick(d.now)
		case raw == "\x03":
			d.core.Close(nil)
			take()
			d.recv(t, ":s PONG s isthmus-1")
			take()
			v.Lost()
			d, closed, old = session(), false, v.Clone()
			room.apply(t, v, Registered{Nick: "ann", Support: d.core.Support()})
		default:
			if l, err := ParseLine([]byte(raw)); err == nil {
				d.core.Recv(l, d.now)
			}
		}
		take()
		if i%8 == 0 {
			old = v.Clone()
		}
	}
	d.now = d.now.Add(time.Hour)
	d.core.Tick(d.now)
	take()
	if n := len(d.core.answers.list); n != 0 {
		t.Fatalf("%d commands have no end", n)
	}
}

// TestCoreAgainstModels is FuzzCore with lines that make sense one by one.
func TestCoreAgainstModels(t *testing.T) {
	lines := strings.Fields(":N!u@h_JOIN_C :N_JOIN_C :s_353_ann_=_C_:@N_+N_N!u@h_ann :s_366_ann_C_:e :N_PART_C :N_KICK_C_N :N_QUIT_:a.b_c.d " +
		":N_NICK_N :ann_NICK_N :s_MODE_C_+o-v+b_N_N_N!*@* :s_005_ann_CASEMAPPING=ascii_:x :s_005_ann_CASEMAPPING=rfc1459_:x " +
		":s_005_ann_PREFIX=(qov)~@+_:x :s_005_ann_PREFIX=(ov)@+_:x :s_433_ann_N_:x :s_404_ann_C_:x :s_401_ann_N_:x :s_PONG_s_isthmus-1 " +
		"@label=1.0_:s_ACK @label=2.0_:s_BATCH_+x_labeled-response @batch=x_:s_BATCH_+y_netsplit @batch=y_:N_QUIT_:z :s_BATCH_-x :s_BATCH_-y " +
		"@label=3.1_:s_BATCH_+x_labeled-response :ann!u@h_PRIVMSG_C_x :N_ACCOUNT_x :N_AWAY_x :s_CAP_ann_DEL_:echo-message_batch \x03")
	names := map[string][]string{"N": strings.Fields("ann bob Bob carl carl{ carl[ N1 n1"), "C": strings.Fields("#a #A #b{ #b[")}
	for seed := range uint64(400) {
		random := newRandom(seed)
		script := []byte{byte(random.IntN(4))}
		for range 120 {
			line := lines[random.IntN(len(lines))]
			if random.IntN(5) == 0 {
				line = string([]byte{1, byte(random.IntN(len(asks)))})
				if random.IntN(4) == 0 {
					line = string([]byte{2, byte(random.IntN(20))})
				}
			}
			for i := 0; i < len(line); i++ {
				switch c := line[i]; {
				case line[0] > 3 && (c == 'N' || c == 'C') && (i == len(line)-1 || line[i+1] == '_' || line[i+1] == '!'):
					all := names[string(c)]
					script = append(script, all[random.IntN(len(all))]...)
				case c == '_' && line[0] > 3:
					script = append(script, ' ')
				default:
					script = append(script, c)
				}
			}
			script = append(script, '\n')
		}
		fuzzCore(t, script)
	}
}

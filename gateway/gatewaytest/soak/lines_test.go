package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A noise makes lines that no IRC server should send, or not at that time.
type noise struct {
	*rand.Rand
	turn int
	me   string // the nick of whom they are for

	fickle bool // it changes what its names and ranks are
}

func newNoise(seed uint64) *noise { return &noise{Rand: rand.New(rand.NewPCG(seed, 1))} }

func one[T any](n *noise, list ...T) T { return list[n.IntN(len(list))] }

// bytes are any, line feeds among them.
func (n *noise) bytes(most int) string {
	b := make([]byte, n.IntN(most))
	for i := range b {
		b[i] = byte(n.IntN(256))
	}
	return string(b)
}

func (n *noise) nick() string {
	switch n.IntN(8) {
	case 0, 1:
		return n.me
	case 2:
		return one(n, "", "*", "$", "#c", "a!b@c", "ñ", "\x00", "\xff\xfe", strings.Repeat("n", n.IntN(600)), "[]", "{}", "@op", ":x")
	case 3:
		return "wally"
	}
	return fmt.Sprintf("p%d", n.IntN(2000))
}

func (n *noise) channel() string {
	switch n.IntN(8) {
	case 0:
		return one(n, "", "0", "#", "#a,b", "&x", "!x", "+x", "##", "#\x07", "#\xff", "#"+strings.Repeat("c", n.IntN(500)))
	case 1, 2:
		return fmt.Sprintf("#c%d", n.IntN(3000)) // nobody asked for it
	}
	return one(n, "#a", "#b", "#c[]", "#C{}", "#ä")
}

func (n *noise) mask() string {
	return n.nick() + "!" + one(n, "u", "", "u\xff") + "@" + one(n, "h", "", "h.example")
}

func (n *noise) text() string {
	return one(n, "", "words", "\x01ACTION x\x01", "\x01VERSION\x01", "\x01PING "+n.nick()+"\x01", "\x01\x01", "\x01DCC SEND x\x01", "\x02\x03\x0f", "\x0399,99x\x1f", "\u202e\u200b\ufeff", "\xc3\x28\xf0\x9f", strings.Repeat("w ", n.IntN(250)), n.nick())
}

func (n *noise) modes() string {
	var b strings.Builder
	for range n.IntN(30) {
		b.WriteByte("+-ovhaqbeIklimntspzZ0 "[n.IntN(22)])
	}
	for range n.IntN(20) {
		b.WriteString(" " + n.nick())
	}
	return b.String()
}

func (n *noise) tags() string {
	switch n.IntN(10) {
	case 0:
		return "@" + one(n, "time=2099-13-32T99:99:99.999Z", "time=", "batch=b1", "batch=none", "label=1", "label=x", "msgid="+n.nick(), "account=*", "=;;=", "+draft/x=\\", strings.Repeat("k=v;", n.IntN(3000)), n.bytes(200)) + " "
	case 1:
		return fmt.Sprintf("@batch=b%d;msgid=i%d;account=%s;label=%d ", n.IntN(99), n.turn, n.nick(), n.IntN(2000))
	}
	return ""
}

// numerics are those with a meaning; any other comes as well.
var numerics = []int{
	1, 2, 4, 5, 221, 301, 303, 305, 306, 311, 312, 315, 317, 318, 319, 324, 329, 331, 332, 333, 341, 346, 347,
	348, 349, 352, 353, 354, 364, 366, 367, 368, 372, 375, 376, 381, 396, 401, 402, 403, 404, 405, 407, 411, 412,
	415, 417, 421, 422, 431, 432, 433, 436, 437, 438, 439, 441, 442, 443, 451, 461, 462, 465, 470, 471, 472,
	473, 474, 475, 476, 477, 478, 480, 481, 482, 484, 485, 489, 520, 524, 670, 691, 728, 729, 761, 900, 903, 904, 908,
}

// protocol are lines in the form of the protocol.
var protocol = []func(n *noise) string{
	func(n *noise) string { return fmt.Sprintf(":%s PRIVMSG %s :%s", n.mask(), n.channel(), n.text()) },
	func(n *noise) string { return fmt.Sprintf(":%s PRIVMSG %s :%s", n.mask(), n.me, n.text()) },
	func(n *noise) string {
		return fmt.Sprintf(":%s NOTICE %s :%s", n.mask(), one(n, n.channel(), n.me, "*", "$$*", "@#a"), n.text())
	},
	func(n *noise) string { return fmt.Sprintf(":%s TAGMSG %s", n.mask(), n.channel()) },
	func(n *noise) string {
		return fmt.Sprintf(":%s JOIN %s %s :%s", n.mask(), n.channel(), n.nick(), n.text())
	},
	func(n *noise) string { return fmt.Sprintf(":%s JOIN %s,%s,0", n.mask(), n.channel(), n.channel()) },
	func(n *noise) string { return fmt.Sprintf(":%s!u@h JOIN #c%d", n.me, n.IntN(1<<20)) },
	func(n *noise) string { return fmt.Sprintf(":%s PART %s :%s", n.mask(), n.channel(), n.text()) },
	func(n *noise) string {
		return fmt.Sprintf(":%s KICK %s %s :%s", n.mask(), n.channel(), n.nick(), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":%s QUIT :%s", n.mask(), one(n, n.text(), "a.example b.example", "*.net *.split"))
	},
	func(n *noise) string { return fmt.Sprintf(":%s NICK %s", n.mask(), n.nick()) },
	func(n *noise) string { return fmt.Sprintf(":p%d!u@h NICK :%s", n.IntN(2000), n.nick()) },
	func(n *noise) string {
		return fmt.Sprintf(":%s MODE %s %s", one(n, n.mask(), "wild"), n.channel(), n.modes())
	},
	func(n *noise) string { return fmt.Sprintf(":%s MODE %s %s", n.me, n.me, n.modes()) },
	func(n *noise) string { return fmt.Sprintf(":%s TOPIC %s :%s", n.mask(), n.channel(), n.text()) },
	func(n *noise) string { return fmt.Sprintf(":%s INVITE %s %s", n.mask(), n.me, n.channel()) },
	func(n *noise) string { return fmt.Sprintf(":%s INVITE %s %s", n.mask(), n.nick(), n.channel()) },
	func(n *noise) string {
		return fmt.Sprintf(":wild NOTICE %s%s :%s", one(n, "%", "@", ""), n.channel(), one(n,
			"User "+n.nick()+" is KNOCKing on "+n.channel()+" ("+n.text()+")", "KNOCK: "+n.channel()+" ("+n.nick()+" [u@h] has asked for an invite)",
			"[Knock] by "+n.mask()+" ("+n.text()+")"))
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 710 %s %s %s :%s", n.me, n.channel(), n.mask(), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":%s NOTICE %s :asks for voice in %s (/mode %[3]s +v x)", n.mask(), n.me, n.channel())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 900 %s %s %s :%s", n.me, n.mask(), n.nick(), n.text())
	},
	func(n *noise) string { return fmt.Sprintf(":%s AWAY :%s", n.mask(), n.text()) },
	func(n *noise) string { return fmt.Sprintf(":%s ACCOUNT %s", n.mask(), n.nick()) },
	func(n *noise) string { return fmt.Sprintf(":%s CHGHOST %s %s", n.mask(), n.nick(), n.nick()) },
	func(n *noise) string { return fmt.Sprintf(":%s SETNAME :%s", n.mask(), n.text()) },
	func(n *noise) string {
		return fmt.Sprintf(":wild %03d %s %s :%s", n.IntN(1000), n.nick(), n.channel(), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild %03d %s %s %s :%s", one(n, numerics...), one(n, n.me, n.nick()), n.channel(), n.nick(), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild %03d %s %s :%s", one(n, numerics...), n.me, one(n, "JOIN", "NICK", "PRIVMSG", "WHO", n.channel()), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 353 %s = %s :%s", n.me, n.channel(), strings.Repeat(one(n, "@", "+", "@+", "", "~&@%+")+n.nick()+" ", n.IntN(80)))
	},
	func(n *noise) string { return fmt.Sprintf(":wild 366 %s %s :End", n.me, n.channel()) },
	func(n *noise) string {
		return fmt.Sprintf(":wild 352 %s %s u h s %s %s :%s %s", n.me, n.channel(), n.nick(), one(n, "H", "G@", "", "H*"), one(n, "0", "x"), n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 354 %s %s %s %s %s %s %s", n.me, one(n, "1", "999", "x"), n.channel(), n.nick(), n.nick(), "H", n.text())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 367 %s %s %s %s 99999999999999999999", n.me, n.channel(), n.mask(), n.nick())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild 333 %s %s %s %s", n.me, n.channel(), n.mask(), one(n, "1", "-1", "9223372036854775807", "x"))
	},
	func(n *noise) string { return fmt.Sprintf(":wild 005 %s %s :are supported", n.me, n.support()) },
	func(n *noise) string {
		return fmt.Sprintf(":wild 005 %s %s %s %s", n.me, n.support(), n.support(), n.support())
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild BATCH +b%d %s a.example b.example", n.IntN(200), one(n, "netsplit", "netjoin", "labeled-response", "chathistory", ""))
	},
	func(n *noise) string { return fmt.Sprintf(":wild BATCH -b%d", n.IntN(200)) },
	func(n *noise) string {
		return one(n, "BATCH", "BATCH +", "BATCH -", "BATCH b1 netsplit", "BATCH +b1", ":wild BATCH +b1 netsplit", "@batch=b1 :wild BATCH +b1 netsplit")
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild CAP %s %s %s :%s", one(n, "*", n.me), one(n, "LS", "ACK", "NAK", "NEW", "DEL", "LIST", "END", ""), one(n, "*", ""), one(n, n.caps(), n.text()))
	},
	func(n *noise) string {
		return one(n, "FAIL", "WARN", "NOTE") + " " + one(n, "*", "JOIN", "PRIVMSG", "") + " CODE " + n.channel() + " :" + n.text()
	},
	func(n *noise) string {
		return fmt.Sprintf("PING :%s", one(n, "x", n.text(), strings.Repeat("p", n.IntN(600))))
	},
	func(n *noise) string {
		return fmt.Sprintf(":wild PONG wild :%s", one(n, "1", n.nick(), fmt.Sprint(n.IntN(3000))))
	},
	func(n *noise) string {
		return one(n, "AUTHENTICATE +", ":wild ACK", "@label=1 :wild ACK", "WALLOPS :x", "SQUIT x", "XYZZY", ":", ": ", "::::", "  x  ", ":a", "@", "@a", "@a ")
	},
	func(n *noise) string { return fmt.Sprintf(":%s RENAME %s %s :x", n.mask(), n.channel(), n.channel()) },
}

func (n *noise) support() string {
	if n.fickle && n.IntN(3) == 0 {
		return one(n, "CASEMAPPING="+one(n, "ascii", "rfc1459", "strict-rfc1459", "rfc7613", "", "x"), "-CASEMAPPING",
			"PREFIX="+one(n, "(ov)@+", "(qaohv)~&@%+", "(o)@+", "", "()", "(ov", "(vo)++", "(aaaa)@@@@"), "-PREFIX",
			"CHANTYPES="+one(n, "#", "", "#&", "pab", "\xff"))
	}
	return one(n, "AWAYLEN=1",
		"CHANMODES="+one(n, "b,k,l,imnpst", ",,,", "", "ovb,ovk,ov,ov", strings.Repeat("b", 300)),
		"NICKLEN="+one(n, "0", "-1", "1", "99999999999999999999", "x"), "MODES="+one(n, "0", "", "-5", "99999999"),
		"LINELEN="+one(n, "0", "1", "10", "-1", "x", "100", "512"), "TOPICLEN="+one(n, "0", "-1"),
		"STATUSMSG="+one(n, "@+", "#", ""), "TARGMAX="+one(n, "KICK:", "KICK:0,:,,", "*"), "CHANNELLEN=0", "WHOX", "-WHOX",
		"NETWORK="+n.nick(), "=", "-", "EXCEPTS=\\x", "UTF8ONLY", "AWAYLEN=0", "BOT=")
}

func (n *noise) caps() string {
	return one(n, "", "echo-message", "-echo-message", "batch labeled-response", "-labeled-response", "message-tags server-time", "-batch",
		"sasl=", "=", "cap-notify", strings.Repeat("x ", n.IntN(200)), "multi-prefix -multi-prefix")
}

// end is a line that ends a session, for most clients.
func (n *noise) end() string {
	return one(n, "ERROR :Closing Link", "ERROR", ":"+n.me+"!u@h QUIT :bye", ":wild KILL "+n.me+" :x",
		":wild 465 "+n.me+" :You are banned", ":wild 433 * "+n.me+" :In use", "\x15\x03\x01\x00\x02\x02\x46")
}

// line is the next line, with its end if it has one.
func (n *noise) line(me string) string {
	n.turn++
	n.me = me
	switch n.IntN(20) {
	case 0:
		return n.bytes(700) + "\n"
	case 1:
		return n.bytes(40)
	case 2:
		if n.IntN(100) == 0 {
			return strings.Repeat(n.bytes(30)+"x", 1000+n.IntN(10_000)) + "\r\n" // over any limit
		}
		if n.IntN(100) == 0 {
			return n.end() + "\r\n"
		}
	}
	text := n.tags() + protocol[n.turn%len(protocol)](n)
	switch n.IntN(12) {
	case 0:
		at := n.IntN(len(text) + 1)
		text = text[:at] + n.bytes(4) + text[at:]
	case 1:
		text = text[:n.IntN(len(text)+1)]
	case 2:
		at := n.IntN(len(text) + 1)
		text = text[:at] + text[at/2:]
	}
	return text + one(n, "\r\n", "\r\n", "\n", "\r\r\n")
}

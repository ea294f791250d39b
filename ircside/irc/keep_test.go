package irc

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// Views share the nicks of those whom they see, also of those whom one has seen for long,
// and do not keep the lines that told them.
func TestKeepNick(t *testing.T) {
	line := ":server 353 ann = #c :bob eve"
	first := NewView("ann", plain())
	bob := first.meet(Person{Nick: line[22:25]})
	if bob.nick() != "bob" || unsafe.StringData(bob.nick()) == unsafe.StringData(line[22:]) {
		t.Errorf("%q keeps its line", bob.nick())
	}
	runtime.GC()
	runtime.GC()
	second := NewView("carl", plain())
	if again := second.meet(Person{Nick: strings.Clone("bob")}); unsafe.StringData(again.nick()) != unsafe.StringData(bob.nick()) {
		t.Error("the same nick is kept twice")
	}
	runtime.KeepAlive(first)
	long := strings.Repeat("n", 10*maxKept)
	if got := keepNick(long).Value(); got != long[:maxKept] {
		t.Errorf("%d bytes of a nick are kept, want %d", len(got), maxKept)
	}
}

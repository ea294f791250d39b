package irc

import (
	"strings"
	"testing"
	"unsafe"
)

func TestKeepNick(t *testing.T) {
	line := ":server 353 ann = #c :bob eve"
	bob := keepNick(line[22:25])
	if bob.Value() != "bob" || unsafe.StringData(bob.Value()) == unsafe.StringData(line[22:]) {
		t.Errorf("%q keeps its line", bob.Value())
	}
	if again := keepNick(strings.Clone("bob")); again != bob || unsafe.StringData(again.Value()) != unsafe.StringData(bob.Value()) {
		t.Error("the same nick is kept twice")
	}
	long := strings.Repeat("n", 10*maxKept)
	if got := keepNick(long).Value(); got != long[:maxKept] {
		t.Errorf("%d bytes of a nick are kept, want %d", len(got), maxKept)
	}
}

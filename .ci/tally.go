// Command tally reads the events of go test -json, prints a line for each package,
// all output of what failed, each skipped test with its reason, and leaves the
// counts in the file that is its argument. It fails if a test or package did.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// An event is one of go doc test2json; build output comes by ImportPath.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// A tally is what was counted, and the output of what has not ended yet.
type tally struct {
	passed, failed, skipped int
	broken                  int             // packages that failed outside their tests
	failedIn                map[string]bool // packages with failed tests
	skips                   []string
	output                  map[[2]string]*strings.Builder // by package and test
}

func main() {
	t := &tally{output: map[[2]string]*strings.Builder{}, failedIn: map[string]bool{}}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Println(in.Text())
			continue
		}
		t.take(e)
	}
	for _, s := range t.skips {
		fmt.Print("SKIPPED ", s)
	}
	counts := fmt.Sprintf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if t.broken > 0 {
		counts = fmt.Sprintf("%d packages failed to build or outside their tests; %s", t.broken, counts)
	}
	err := os.WriteFile(os.Args[1], []byte(counts), 0o600)
	if err != nil || in.Err() != nil || t.failed+t.broken > 0 {
		os.Exit(1)
	}
}

func (t *tally) take(e event) {
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Print(e.Output)
	case "output":
		if t.output[key] == nil {
			t.output[key] = &strings.Builder{}
		}
		t.output[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		out := ""
		if b := t.output[key]; b != nil {
			out = b.String()
		}
		delete(t.output, key)
		if e.Test == "" {
			t.endPackage(e, out)
		} else {
			t.endTest(e, out)
		}
	}
}

func (t *tally) endTest(e event, out string) {
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		t.failedIn[e.Package] = true
		fmt.Printf("FAIL %s %s\n%s", e.Package, e.Test, out)
	case "skip":
		t.skipped++
		t.skips = append(t.skips, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(out)))
	}
}

func (t *tally) endPackage(e event, out string) {
	switch {
	case e.Action == "fail":
		if !t.failedIn[e.Package] {
			t.broken++
		}
		delete(t.failedIn, e.Package)
		fmt.Printf("FAIL %s (%.1f s)\n%s", e.Package, e.Elapsed, out)
	case e.Action == "pass":
		fmt.Printf("ok   %s (%.1f s)\n", e.Package, e.Elapsed)
	}
}

// reason is what t.Skip said, without the lines that go test adds.
func reason(out string) string {
	var said []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ") + "\n"
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestShown: each transcript and script that the README's tables of functions and faults
// name is there, and no row is without one.
func TestShown(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## What is shown\n")
	section, _, _ = strings.Cut(section, "\n## ")
	scripts := scriptNames(t)
	name := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.Contains(line, "`") {
			continue
		}
		rows++
		for i, exists := range []func(string) bool{isTranscript, func(s string) bool { return slices.Contains(scripts, s) }} {
			names := name.FindAllStringSubmatch(cells[i+1], -1)
			if len(names) == 0 {
				t.Errorf("nothing in column %d shows %s", i+2, cells[0])
			}
			for _, n := range names {
				if !exists(n[1]) {
					t.Errorf("%s: there is no %s", strings.TrimSpace(cells[0]), n[1])
				}
			}
		}
	}
	if rows != 12+5 {
		t.Errorf("%d rows, want twelve functions and five faults", rows)
	}
}

func isTranscript(name string) bool {
	_, err := os.Stat(filepath.Join(root, "gateway/gatewaytest/script/testdata", name+".txt"))
	return err == nil
}

// scriptNames are those in the tables of the tests against real servers.
func scriptNames(t *testing.T) (names []string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(root, "gateway/realtest/*_test.go"))
	entry := regexp.MustCompile(`(?m)^\s*\{"([^"]+)",(?: \w+,)* \w+\},$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}

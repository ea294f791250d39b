package mapping

import (
	"slices"
	"testing"
)

func TestFeatures(t *testing.T) {
	f := NewFeatures("urn:b", "urn:a", "urn:b")
	if f != NewFeatures("urn:a", "urn:b") {
		t.Error("the same features in another order are others")
	}
	if !f.Has("urn:a") || f.Has("urn:") || f.Has("urn:a\nurn:b") || f.Has("") {
		t.Error("has what is not there, or lacks what is")
	}
	if !slices.Equal(f.All(), []string{"urn:a", "urn:b"}) {
		t.Errorf("%q", f.All())
	}
	if none := NewFeatures(); !none.Known() || len(none.All()) > 0 || none == (Features{}) {
		t.Error("to have none is not to be unknown")
	}
	if (Features{}).Known() || (Features{}).Has("urn:a") || (Features{}).All() != nil {
		t.Error("what is unknown has features")
	}
}

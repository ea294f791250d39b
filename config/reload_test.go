package config

import (
	"reflect"
	"testing"
	"time"
)

func TestNext(t *testing.T) {
	old, next := valid(), valid()
	next.Component.Address = "localhost:1"
	next.Component.Secret = NewSecret("other")
	next.Log = Log{Level: LevelTrace, Format: LogConsole}
	next.Store = Store{Path: "elsewhere", Postgres: NewSecret("postgres://x")}
	next.Gateway.FixedNetwork = "libera"
	next.Gateway.IdentSecret = NewSecret("x")
	next.Gateway.Linger = time.Hour
	next.IRC.Rate = 5
	next.Networks = append(next.Networks, Network{Name: "new"})
	want := valid()
	want.Log.Level, want.Gateway.Linger, want.IRC.Rate, want.Networks = LevelTrace, time.Hour, 5, next.Networks

	got, kept := old.Next(next)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if keys := []string{"component.address", "component.secret", "log.format", "store.path", "store.postgres", "gateway.fixed_network", "gateway.ident_secret"}; !reflect.DeepEqual(kept, keys) {
		t.Errorf("kept %q", kept)
	}
	if next.Component.Address != "localhost:1" || !reflect.DeepEqual(old, valid()) {
		t.Error("an argument was changed")
	}
}

func TestNextSame(t *testing.T) {
	if got, kept := valid().Next(valid()); len(kept) > 0 || !reflect.DeepEqual(got, valid()) {
		t.Errorf("got %+v, kept %q", got, kept)
	}
}

// TestFixedExist finds a key that was renamed in one place only.
func TestFixedExist(t *testing.T) {
	all := map[string]bool{"component.": true, "store.": true}
	walk(reflect.ValueOf(Default()).Elem(), "", func(key string, _ reflect.Value) { all[key] = true })
	for _, key := range fixed() {
		if !all[key] {
			t.Errorf("there is no %s", key)
		}
	}
}

package config

import (
	_ "embed"
	"time"
)

// Example is the example configuration: every key, commented, at its default.
//
//go:embed example.toml
var Example []byte

// Default is the configuration that an empty file stands for. It is not valid: the
// component's domain and secret and a network are for the operator to say.
func Default() *Config {
	return &Config{
		Component: Component{
			Address:      "127.0.0.1:5347",
			PingInterval: time.Minute,
			PingTimeout:  30 * time.Second,
			WriteTimeout: 30 * time.Second,
			QueueBytes:   4 << 20,
			MaxStanza:    256 << 10,
		},
		Log: Log{Level: LevelInfo, Format: LogJSON},
		// Where systemd has StateDirectory= and distributions have the state of daemons.
		Store: Store{Path: "/var/lib/isthmus/isthmus.db"},
		Gateway: Gateway{
			Name:          "Isthmus",
			Linger:        5 * time.Second,
			Backlog:       100,
			History:       20,
			HoldWords:     50,
			HoldTime:      2 * time.Minute,
			LostLimit:     10 * time.Minute,
			JoinTimeout:   time.Minute,
			AnswerTimeout: 30 * time.Second,
			StopTimeout:   10 * time.Second,
			ListInterval:  5 * time.Minute,
			MaxNetworks:   10,
			MaxRooms:      100,

			RememberOccupants: 24 * time.Hour,
		},
		IRC: IRC{
			TLS:             true,
			TLSVerify:       true,
			Encoding:        "utf-8",
			FallbackCharset: "windows-1252",
			Rate:            1,
			Burst:           8,
			ConnectInterval: 2 * time.Second,
			ConnectBurst:    3,
			ConnectTimeout:  20 * time.Second,
			RegisterTimeout: time.Minute,
			PingInterval:    90 * time.Second,
			PingTimeout:     time.Minute,
			WriteTimeout:    30 * time.Second,
			ListerNick:      "isthmus",
			WhoLimit:        500,
			OpsAreOwners:    OwnersAuto,
			Groupchat10:     OldAuto,
			GCWarn:          WarnText,
		},
	}
}

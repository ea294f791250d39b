// Package config is what an operator can set: the types, their defaults, the strict
// loading of a TOML file with overrides from the environment, and the checks.
//
// [Load] makes a [Config], which nobody changes afterwards. A reload loads another,
// and [Config.Next] says which one is in effect then. So a *Config may be read by
// every goroutine and is kept only as long as a piece of work lasts.
//
// Keys are in snake case, in tables: [component], [log], [gateway], [irc], which holds
// for every network, and one [[network]] for each network, which may set all that
// [irc] sets again, for itself. Whatever people choose a name for (networks, hosts,
// channels) is a value and never a key: keys lose their case and fall apart at dots.
//
// The package imports nothing of ours.
package config

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"
)

// A Config is a whole configuration, checked. It is not changed after it was made.
type Config struct {
	Component Component `mapstructure:"component"`
	Log       Log       `mapstructure:"log"`
	Store     Store     `mapstructure:"store"`
	Gateway   Gateway   `mapstructure:"gateway"`
	IRC       IRC       `mapstructure:"irc"`     // what a network has that says nothing else
	Networks  []Network `mapstructure:"network"` // in the order of the file, all values filled in
}

// A Component is the link to the XMPP server (XEP-0114). None of it changes while the
// program runs.
type Component struct {
	Address      string        `mapstructure:"address"`       // host:port where the server takes components
	Domain       string        `mapstructure:"domain"`        // the gateway's own address, lower case
	Secret       Secret        `mapstructure:"secret"`        // shared with the server
	SecretFile   string        `mapstructure:"secret_file"`   // where Secret was read from; "" if it was given
	PingInterval time.Duration `mapstructure:"ping_interval"` // of silence, then the server is asked (XEP-0199)
	PingTimeout  time.Duration `mapstructure:"ping_timeout"`  // for its answer; then the link is lost
	WriteTimeout time.Duration `mapstructure:"write_timeout"` // for one write; then the link is lost
	QueueBytes   int           `mapstructure:"queue_bytes"`   // most that waits to be written
	MaxStanza    int           `mapstructure:"max_stanza"`    // bytes of the longest stanza, either way
}

// A Log says what is logged, and how. It goes to standard error.
type Log struct {
	Level  Level     `mapstructure:"level"`
	Format LogFormat `mapstructure:"format"` // changes only at a restart
}

// A Level is the least that is logged, as zerolog names it.
type Level string

// Levels of the log. What people write, and raw traffic, is at trace only.
const (
	LevelTrace Level = "trace"
	LevelDebug Level = "debug"
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)

// A LogFormat is how a line of the log looks.
type LogFormat string

// Formats of the log.
const (
	LogJSON    LogFormat = "json"    // one object a line
	LogConsole LogFormat = "console" // for people
)

// A Store says where that is kept which outlives the program. None of it changes while
// the program runs.
type Store struct {
	Path         string `mapstructure:"path"`          // a file of SQLite, or [StoreMemory]; "": nothing is kept
	Postgres     Secret `mapstructure:"postgres"`      // the URL of a PostgreSQL database, instead of Path; it may hold a password
	PostgresFile string `mapstructure:"postgres_file"` // where Postgres was read from
}

// StoreMemory as a path is a database that ends with the program.
const StoreMemory = ":memory:"

// A Gateway is what holds whatever the network.
type Gateway struct {
	Name         string `mapstructure:"name"`          // in service discovery
	FixedNetwork string `mapstructure:"fixed_network"` // addresses have no %network, and mean this one; "": they have; changes only at a restart
	OpenNetworks bool   `mapstructure:"open_networks"` // any host name is a network (see [Config.Network])

	Contacts []string `mapstructure:"contacts"` // URIs of whoever runs it, for all to see (XEP-0157)

	Allow []string `mapstructure:"allow"` // who may use it (see [Gateway.Allowed]); none: everybody
	Deny  []string `mapstructure:"deny"`  // who may not, whatever Allow says

	Admins []string `mapstructure:"admins"` // who may change what holds for everybody (see [Gateway.IsAdmin])

	PublishJIDs     bool   `mapstructure:"publish_jids"`      // the bare JID is the IRC real name
	Realname        string `mapstructure:"realname"`          // the IRC real name, {nick} replaced; "": the nick
	IdentSecret     Secret `mapstructure:"ident_secret"`      // see [Config.IdentKey]; changes only at a restart
	IdentSecretFile string `mapstructure:"ident_secret_file"` // where IdentSecret was read from
	RawCommands     bool   `mapstructure:"raw_commands"`      // people may send raw lines to their network

	Linger        time.Duration `mapstructure:"linger"`         // from the last room's end to the connection's; 0: at once
	Backlog       int           `mapstructure:"backlog"`        // messages kept for each room, in memory; 0: none
	History       int           `mapstructure:"history"`        // of those, sent on a join that does not say how many
	HoldWords     int           `mapstructure:"hold_words"`     // messages of a user that wait for a lost IRC link; 0: none
	HoldTime      time.Duration `mapstructure:"hold_time"`      // how long they do; 0: not at all
	LostLimit     time.Duration `mapstructure:"lost_limit"`     // of a lost IRC link; then members are sent away (333)
	JoinTimeout   time.Duration `mapstructure:"join_timeout"`   // from the JOIN on the network to its answer
	AnswerTimeout time.Duration `mapstructure:"answer_timeout"` // for the network's answer to any other command
	StopTimeout   time.Duration `mapstructure:"stop_timeout"`   // for goodbyes (332) when the program ends

	RememberOccupants time.Duration `mapstructure:"remember_occupants"` // who did not leave, and may believe to be in (XEP-0045 §7.2.18); 0: not at all

	ListInterval time.Duration `mapstructure:"list_interval"` // between two lists of a network's channels, which all users share

	MaxUsers    int `mapstructure:"max_users"`    // at a time; 0: no limit
	MaxNetworks int `mapstructure:"max_networks"` // of one user at a time; 0: no limit
	MaxRooms    int `mapstructure:"max_rooms"`    // of one user at a time; 0: no limit
}

// An IRC is how a network is talked to.
type IRC struct {
	TLS       bool   `mapstructure:"tls"`
	TLSVerify bool   `mapstructure:"tls_verify"`   // the certificate must be for the host
	TLSCAFile string `mapstructure:"tls_ca_file"`  // PEM, instead of the system's roots; "": those
	Bind      string `mapstructure:"bind_address"` // IP address to connect from; "": the system chooses

	Encoding        string `mapstructure:"encoding"`         // of what is sent; a name of the WHATWG's list
	FallbackCharset string `mapstructure:"fallback_charset"` // of what comes and is not UTF-8

	Rate            float64       `mapstructure:"rate"`             // lines a second that one connection may send, in the long run
	Burst           int           `mapstructure:"burst"`            // lines that it may send at once, after silence
	ConnectInterval time.Duration `mapstructure:"connect_interval"` // between two connections to the network; 0: no pacing
	ConnectBurst    int           `mapstructure:"connect_burst"`    // connections at once, after silence
	ConnectTimeout  time.Duration `mapstructure:"connect_timeout"`  // for TCP and TLS, each address
	RegisterTimeout time.Duration `mapstructure:"register_timeout"` // from the first line to the welcome (001)
	PingInterval    time.Duration `mapstructure:"ping_interval"`    // of silence, then the server is asked
	PingTimeout     time.Duration `mapstructure:"ping_timeout"`     // for its answer; then the link is lost
	WriteTimeout    time.Duration `mapstructure:"write_timeout"`    // for one write; then the link is lost

	Lister       bool   `mapstructure:"lister"`         // channels are listed by a connection of the gateway's own
	ListerNick   string `mapstructure:"lister_nick"`    // its nick
	ListMinUsers int    `mapstructure:"list_min_users"` // a channel with fewer is in no list; 0: all are

	WhoLimit     int       `mapstructure:"who_limit"`      // members; a larger channel is not asked by WHO; 0: none is
	QuitMessage  string    `mapstructure:"quit_message"`   // "": what the user's client says
	OpsAreOwners OwnerRule `mapstructure:"ops_are_owners"` // whether mode o alone makes an owner

	Groupchat10 OldRule  `mapstructure:"groupchat10"` // whether clients may enter as in groupchat 1.0
	GCWarn      WarnRule `mapstructure:"gc_warn"`     // what such a client has of a warning that it cannot show
}

// An OwnerRule says whether a channel operator counts as an owner, as whom alone
// clients let configure a room.
type OwnerRule string

// Rules for who is an owner.
const (
	OwnersAuto   OwnerRule = "auto"   // operators, where the network has no higher prefix
	OwnersAlways OwnerRule = "always" // operators, everywhere
	OwnersNever  OwnerRule = "never"  // those with a higher prefix only
)

// An OldRule says whether a presence that does not ask to enter a room, from a client
// that is not in it, enters it all the same, as in groupchat 1.0. A modern client that
// has lost track sends the same.
type OldRule string

// Rules for old clients.
const (
	OldOff  OldRule = "off"  // nobody enters so
	OldAuto OldRule = "auto" // who is not known to be a modern client
	OldOn   OldRule = "on"   // even who announces capabilities that cannot be found out
)

// A WarnRule says what becomes of an old client where everybody in a room sees real
// addresses, which it has no way to show.
type WarnRule string

// Rules for warnings.
const (
	WarnText   WarnRule = "text"   // it is told in a line
	WarnRefuse WarnRule = "refuse" // it is not let in
)

// A Network is one IRC network. What is embedded is [irc]'s, where the network does
// not say otherwise.
type Network struct {
	Name         string   `mapstructure:"name"`      // as in addresses, lower case; unique
	Addresses    []string `mapstructure:"addresses"` // host:port, tried in turn
	Password     Secret   `mapstructure:"password"`  // of the server (PASS); none if zero
	PasswordFile string   `mapstructure:"password_file"`
	IRC          `mapstructure:",squash"`

	// PublicOnly forbids connections to loopback, private, link-local and other
	// addresses that are not of the public Internet: users chose the host.
	PublicOnly bool `mapstructure:"-"`
}

// IdentKey is the key of all that is derived from a JID and shown to others: the
// name in USER, and occupant ids if no store has a key for them. It comes from
// ident_secret, else from the component's secret, and stays the same as long as that does.
func (c *Config) IdentKey() [sha256.Size]byte {
	secret := c.Gateway.IdentSecret
	if secret.IsZero() {
		secret = c.Component.Secret
	}
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte("isthmus ident"))
	return [sha256.Size]byte(h.Sum(nil))
}

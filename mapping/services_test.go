package mapping

import (
	"testing"

	"isthmus/xmppside/stanza"
)

// What Anope 2.0 and 2.1 and Atheme 7.2 say to DROP and REGISTER.
func TestService(t *testing.T) {
	tests := []struct {
		line  string
		reply ServiceReply
		key   string
		err   stanza.Condition
	}{
		{"Channel \x02#c\x02 has been dropped.", ServiceDone, "", ""},
		{"The channel \x02#c\x02 has been dropped.", ServiceDone, "", ""},
		{"Channel \x02#c\x02 registered under your account: ann", ServiceDone, "", ""},
		{"\x02#c\x02 is now registered to \x02ann\x02.", ServiceDone, "", ""},
		{"You must enter the channel name twice as a confirmation that you wish to drop \x02#c\x02.", ServiceTwice, "", ""},
		{"To avoid accidental use of this command, this operation has to be confirmed. Please confirm by replying with \x02/msg ChanServ DROP #c 1a2b:3c4d\x02", ServiceKey, "1a2b:3c4d", ""},
		{"Please confirm that you want to drop \x02#c\x02 with \x02DROP #C XYZZY\x02.", ServiceKey, "XYZZY", ""},
		{"Please confirm by replying with /msg ChanServ DROP #other 1a2b:3c4d", ServiceWords, "", ""},
		{"Channel \x02#c\x02 isn't registered.", ServiceNoChannel, "", ""},
		{"Channel \x02#c\x02 is not registered.", ServiceNoChannel, "", ""},
		{"Access denied.", ServiceRefusal, "", stanza.NotAllowed},
		{"You are not authorized to perform this operation.", ServiceRefusal, "", stanza.NotAllowed},
		{"The channel \x02#c\x02 is held; it cannot be dropped.", ServiceRefusal, "", stanza.NotAllowed},
		{"Sorry, channel de-registration is temporarily disabled.", ServiceRefusal, "", stanza.ServiceUnavailable},
		{"Invalid key for \x02DROP\x02.", ServiceRefusal, "", stanza.UnexpectedRequest},
		{"You are not logged in.", ServiceRefusal, "", stanza.RegistrationRequired},
		{"You must be logged into an account to use that command.", ServiceRefusal, "", stanza.RegistrationRequired},
		{"Password authentication required for that command.", ServiceRefusal, "", stanza.RegistrationRequired},
		{"You must confirm your account before you can register a channel.", ServiceRefusal, "", stanza.RegistrationRequired},
		{"You need to verify your email address before you may register channels.", ServiceRefusal, "", stanza.RegistrationRequired},
		{"Channel \x02#c\x02 is already registered!", ServiceRefusal, "", stanza.Conflict},
		{"\x02#c\x02 is already registered to \x02bob\x02.", ServiceRefusal, "", stanza.Conflict},
		{"You must be a channel operator to register the channel.", ServiceRefusal, "", stanza.Forbidden},
		{"You must be a channel operator in \x02#c\x02 in order to register it.", ServiceRefusal, "", stanza.Forbidden},
		{"Channel \x02#c\x02 doesn't exist.", ServiceRefusal, "", stanza.ItemNotFound},
		{"The channel \x02#c\x02 must exist in order to register it.", ServiceRefusal, "", stanza.ItemNotFound},
		{"You must be in \x02#c\x02 in order to register it.", ServiceRefusal, "", stanza.ItemNotFound},
		{"Sorry, you have already reached your limit of \x0220\x02 channels.", ServiceRefusal, "", stanza.ResourceConstraint},
		{"You have too many channels registered.", ServiceRefusal, "", stanza.ResourceConstraint},
		{"The system is currently too busy to process your registration, please try again later.", ServiceRefusal, "", stanza.ServiceUnavailable},
		{"Unknown command \x02DROP\x02. \"/msg ChanServ HELP\" for help.", ServiceRefusal, "", stanza.FeatureNotImplemented},
		{"Invalid command. Use \x02/msg ChanServ help\x02 for a command listing.", ServiceRefusal, "", stanza.FeatureNotImplemented},
		{"Channel %s is not a valid channel.", ServiceRefusal, "", stanza.JIDMalformed},
		{"Bonjour.", ServiceWords, "", stanza.UndefinedCondition},
		{"", ServiceWords, "", stanza.UndefinedCondition},
	}
	for _, tt := range tests {
		reply, key := Service(tt.line, "#c")
		if reply != tt.reply || key != tt.key {
			t.Errorf("%q: %d %q, want %d %q", tt.line, reply, key, tt.reply, tt.key)
		}
		if tt.err != "" {
			if e := ServiceError(tt.line); e.Condition != tt.err || e.Type == "" || e.Text == "" {
				t.Errorf("%q: %+v", tt.line, e)
			}
		}
	}
	for _, row := range serviceRows { // each row has an error, if it is one
		if r := serviceErrors[row.condition]; row.reply == ServiceWords && (r.say == "" || r.typ == "") {
			t.Errorf("%q has no error", row.words)
		}
	}
}

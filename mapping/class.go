package mapping

import (
	"slices"
	"strings"
	"unique"
)

// Features are what a client says that it can do: namespaces, as disco#info lists them.
// Those of two clients are equal if they are the same. The zero Features are not known.
type Features struct{ set unique.Handle[string] }

// NewFeatures are those that are listed, in whatever order.
func NewFeatures(list ...string) Features {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	return Features{unique.Make("\n" + strings.Join(list, "\n") + "\n")}
}

// Known says whether the client has told.
func (f Features) Known() bool { return f != Features{} }

// Has says whether a feature is among them; of features that are not known none is.
func (f Features) Has(feature string) bool {
	return f.Known() && feature != "" && !strings.Contains(feature, "\n") && strings.Contains(f.set.Value(), "\n"+feature+"\n")
}

// All are the features, sorted.
func (f Features) All() []string {
	if !f.Known() {
		return nil
	}
	return strings.FieldsFunc(f.set.Value(), func(r rune) bool { return r == '\n' })
}

// A Class is all that matters about a client when something is written for it. Clients
// of one class are sent the same but for addresses, so it is made once.
type Class struct {
	Features Features
	Lang     string // of texts: see [Language]
	Old      bool   // it speaks groupchat 1.0, and knows nothing of muc#user
}

package mapping

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"isthmus/xmppside/stanza"
)

// English is what all texts of ours are written in, and what people get whose language
// there is none of.
const English = "en"

// Each folder is a language, each file in it the texts of one topic: English =
// translation.
//
//go:embed de/*.toml
var texts embed.FS

// catalogues are the texts in other languages, by the English ones.
var catalogues = map[string]map[string]string{"de": catalogue("de")}

// catalogue reads the texts of a language. That they can be read is tested.
func catalogue(lang string) map[string]string {
	all := map[string]string{}
	names, _ := fs.Glob(texts, lang+"/*.toml")
	for _, name := range names {
		text, _ := texts.ReadFile(name)
		_ = toml.Unmarshal(text, &all) // adds to what is there
	}
	return all
}

// Language is that of ours for an xml:lang: "de" for "de-AT", English for what there
// is no catalogue of. RFC 5646 §2.1
func Language(lang string) string {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if _, ok := catalogues[primary]; ok {
		return primary
	}
	return English
}

// Languages are those that there are texts in, sorted.
func Languages() []string {
	out := []string{English}
	for lang := range catalogues {
		out = append(out, lang)
	}
	slices.Sort(out)
	return out
}

// Say is a text of ours in a language, its %s filled in. What is not in the catalogue,
// as what others said, stays as it is.
func Say(lang, text string, args ...string) string {
	return stanza.Fill(word(lang, text), args...)
}

func word(lang, text string) string {
	if words := catalogues[Language(lang)]; words[text] != "" {
		return words[text]
	}
	return text
}

// InLanguage is an error in the language of whoever gets it, by the xml:lang of what
// they asked. What others said stays in theirs.
func InLanguage(e *stanza.Error, lang string) *stanza.Error {
	to := Language(lang)
	if to == English || e == nil || e.Lang != "" {
		return e
	}
	in := *e
	in.Lead, in.Text, in.Lang = word(to, e.Lead), word(to, e.Text), to
	return &in
}

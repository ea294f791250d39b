package mapping

import (
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

func TestLanguage(t *testing.T) {
	for lang, want := range map[string]string{"": "en", "de": "de", "de-AT": "de", "DE": "de", "fr": "en", "-": "en"} {
		if got := Language(lang); got != want {
			t.Errorf("%q is %q, want %q", lang, got, want)
		}
	}
}

func TestSay(t *testing.T) {
	const text = "This gateway knows no network %s."
	if got := Say("de-CH", text, "x%sy"); got != "Dieses Gateway kennt kein Netz x%sy." {
		t.Error(got)
	}
	if got := Say("fr", text, "x"); got != "This gateway knows no network x." {
		t.Error(got)
	}
	if got := Say("de", "what others %s said", "x"); got != "what others x said" {
		t.Error(got)
	}
}

func TestInLanguage(t *testing.T) {
	e := &stanza.Error{Text: "This gateway knows no network %s.", Args: []string{"net"}, Said: "no"}
	if got := InLanguage(e, "de"); got.Words() != "Dieses Gateway kennt kein Netz net. (no)" || got.Lang != "de" {
		t.Errorf("%+v", got)
	}
	if got := InLanguage(e, "en-GB"); got != e {
		t.Error("English is translated")
	}
	foreign := &stanza.Error{Text: "Non.", Lang: "fr"}
	if InLanguage(foreign, "de") != foreign {
		t.Error("what is in another language already is translated")
	}
	if InLanguage(nil, "de") != nil {
		t.Error("an error out of nothing")
	}
}

// Translations take the same arguments, and there is one for each text.
func TestCatalogues(t *testing.T) {
	for _, lang := range Languages() {
		if lang == English {
			continue
		}
		if len(catalogues[lang]) == 0 {
			t.Errorf("the catalogue of %s cannot be read", lang)
		}
		for english, other := range catalogues[lang] {
			if strings.Count(english, "%s") != strings.Count(other, "%s") || other == "" {
				t.Errorf("%s: %q is %q", lang, english, other)
			}
		}
	}
}

package mapping

import (
	"strings"

	"isthmus/xmppside/stanza"
)

// maxMadeHTML is how many bytes the XHTML of a message from IRC may have, about.
const maxMadeHTML = 4096

// html is the text as XHTML-IM; nil if that is too much. Elements are those that XEP-0071
// §7.8 recommends; what looks like an address is a link, for clients make none of what
// is no link already. XEP-0071 §8
func (s Styled) html() *stanza.Element {
	body := stanza.E(nsHTML, "body")
	size, at := 0, 0
	s.each(0, len(s.text), func(text string, look style) bool {
		at += len(text)
		goesOn := at < len(s.text) && !strings.ContainsRune(addressEnds, rune(s.text[at]))
		for text != "" && size <= maxMadeHTML {
			var words, url string
			words, url, text = cutAddress(text, goesOn)
			// Of several spaces only one is shown. XEP-0071 §8
			size += addHTML(body, stanza.Node{Text: strings.ReplaceAll(words, "  ", " \u00a0")}, look)
			if url != "" {
				link := stanza.T(nsHTML, "a", url).Set("href", url)
				size += len("<a href=''></a>") + 2*len(url) + addHTML(body, stanza.Node{Element: link}, look)
			}
		}
		return size <= maxMadeHTML
	})
	if size > maxMadeHTML {
		return nil
	}
	return stanza.E(nsXHTML, "html", body)
}

// addHTML adds something of a look, and says how many bytes that takes.
func addHTML(to *stanza.Element, n stanza.Node, look style) (size int) {
	if n.Element == nil && n.Text == "" {
		return 0
	}
	size = len(n.Text)
	wrap := func(name string) *stanza.Element {
		e := stanza.E(nsHTML, name)
		e.Nodes = []stanza.Node{n}
		n = stanza.Node{Element: e}
		size += len("<></>") + 2*len(name)
		return e
	}
	if css := look.css(); css != "" {
		wrap("span").Set("style", css)
		size += len(" style=''") + len(css)
	}
	if look.marks&italic != 0 {
		wrap("em")
	}
	if look.marks&bold != 0 {
		wrap("strong")
	}
	to.Nodes = append(to.Nodes, n)
	return size
}

// css is what no element says of a style.
func (s style) css() string {
	var list []string
	switch s.marks & (underline | struck) {
	case underline:
		list = append(list, "text-decoration: underline")
	case struck:
		list = append(list, "text-decoration: line-through")
	case underline | struck:
		list = append(list, "text-decoration: underline line-through")
	}
	if s.marks&mono != 0 {
		list = append(list, "font-family: monospace")
	}
	if s.marks&reverse != 0 && s.fore != 0 && s.back != 0 { // what it turns round is known
		s.fore, s.back = s.back, s.fore
	}
	if s.fore != 0 {
		list = append(list, "color: "+s.fore.String())
	}
	if s.back != 0 {
		list = append(list, "background-color: "+s.back.String())
	}
	return strings.Join(list, "; ")
}

// addressEnds are the characters that no address has.
const addressEnds = " <>\""

// cutAddress takes words off a text, and the address of a page behind them, if there is
// one. goesOn says that the text does, in another look: what ends there is no address.
func cutAddress(text string, goesOn bool) (words, url, rest string) {
	i := strings.Index(text, "://")
	if i < 0 {
		return text, "", ""
	}
	end, after := len(text), i+len("://")
	if n := strings.IndexAny(text[i:], addressEnds); n >= 0 {
		end, goesOn = i+n, false
	}
	for _, scheme := range []string{"https", "http"} {
		if strings.HasSuffix(text[:i], scheme) {
			i -= len(scheme)
			break
		}
	}
	url = strings.TrimRight(text[i:end], ".,;:!?'")
	if !strings.Contains(url, "(") {
		url = strings.TrimRight(url, ").,;:!?'")
	}
	if goesOn || i+len(url) <= after || !isAddress(url) {
		return text[:after], "", text[after:]
	}
	return text[:i], url, text[i+len(url):]
}

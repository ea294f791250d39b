package rsm

import (
	"bufio"
	"slices"
	"strings"
	"testing"

	"isthmus/xmppside/stanza"
)

// letters is the set "bdfh".
type letters string

func (l letters) Len() int { return len(l) }

func (l letters) Place(uid string) (int, bool, bool) {
	if len(uid) != 1 {
		return 0, false, false
	}
	i, exact := slices.BinarySearch([]byte(l), uid[0])
	return i, exact, true
}

func query(t *testing.T, set string) *stanza.Element {
	t.Helper()
	raw := "<iq from='a@b' to='c@d'><query xmlns='x'>" + strings.ReplaceAll(set, "<set>", "<set xmlns='"+NS+"'>") + "</query></iq>"
	s, err := stanza.NewReader(bufio.NewReader(strings.NewReader(raw)), stanza.Client, stanza.Limits{}).Next()
	if err != nil {
		t.Fatal(raw, err)
	}
	return s.Children[0]
}

func TestRange(t *testing.T) {
	for _, tt := range []struct{ name, set, want string }{
		{"no request", "", "bdfh"},
		{"another's", "<set xmlns='y'><max>1</max></set>", "bdfh"},
		{"an empty request", "<set></set>", "bdfh"},
		{"a first page", "<set><max>3</max></set>", "bdf"},
		{"a count", "<set><max>0</max></set>", ""},
		{"more than there is", "<set><max>9</max></set>", "bdfh"},
		{"an absurd number", "<set><max>99999999999999999999999</max></set>", "bdfh"},
		{"a second page", "<set><max>2</max><after>d</after></set>", "fh"},
		{"a page after what is no more", "<set><max>2</max><after>c</after></set>", "df"},
		{"a page after the last", "<set><max>2</max><after>h</after></set>", ""},
		{"a page after all", "<set><after>z</after></set>", ""},
		{"after nothing", "<set><max>1</max><after/></set>", "b"},
		{"a page before", "<set><max>2</max><before>h</before></set>", "df"},
		{"a page before what is no more", "<set><max>2</max><before>g</before></set>", "df"},
		{"a page before the first", "<set><max>2</max><before>b</before></set>", ""},
		{"a short page before", "<set><max>2</max><before>d</before></set>", "b"},
		{"the last page", "<set><max>3</max><before/></set>", "dfh"},
		{"by index", "<set><max>2</max><index>1</index></set>", "df"},
		{"by the last index", "<set><max>2</max><index>3</index></set>", "h"},
		{"by an index that is none", "<set><max>2</max><index>4</index></set>", ""},
		{"by an absurd index", "<set><max>2</max><index>99999999999999999999</index></set>", ""},
		{"no UID", "<set><max>2</max><after>xyz</after></set>", "item-not-found"},
		{"no UID behind", "<set><max>2</max><before>xyz</before></set>", "item-not-found"},
		{"negative", "<set><max>-1</max></set>", "bad-request"},
		{"very negative", "<set><max>-99999999999999999999</max></set>", "bad-request"},
		{"no number", "<set><max>many</max></set>", "bad-request"},
		{"empty", "<set><max/></set>", "bad-request"},
		{"a negative index", "<set><index>-1</index></set>", "bad-request"},
		{"after and before", "<set><after>b</after><before>h</before></set>", "bad-request"},
		{"after and index", "<set><after>b</after><index>1</index></set>", "bad-request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := letters("bdfh")
			r, err := Parse(query(t, tt.set))
			got := ""
			if err == nil {
				var from, to int
				if from, to, err = r.Range(all); err == nil {
					got = string(all[from:to])
				}
			}
			if err != nil {
				got = string(err.Condition)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if r, err := Parse(nil); err != nil || r.Asked {
		t.Error(r, err)
	}
}

func TestElement(t *testing.T) {
	for _, tt := range []struct {
		page Page
		want string
	}{
		{Page{Count: 4}, "<set xmlns='http://jabber.org/protocol/rsm'><count>4</count></set>"},
		{Page{Index: 2, Items: 2, First: "f", Last: "h", Count: 4}, "<set xmlns='http://jabber.org/protocol/rsm'><first index='2'>f</first><last>h</last><count>4</count></set>"},
	} {
		if got := string(tt.page.Element().Append(nil)); got != tt.want {
			t.Errorf("got %s", got)
		}
	}
}

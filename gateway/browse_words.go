package gateway

import (
	"strconv"
	"strings"

	"isthmus/mapping"
	"isthmus/xmppside/form"
	"isthmus/xmppside/iq"
)

// What people can write to look for channels whose client has no forms.

// mostTold is how many channels are told in words.
const mostTold = 30

func browseActions() []action {
	return []action{
		{name: "list", title: "List the channels of this network, the largest first", at: []iq.Place{iq.Network}, run: (*call).channels,
			args: []arg{{name: "mask", label: "Name, or a part of it; * and ? stand for anything", kind: form.TextSingle, optional: true}}},
		{name: "search", title: "Search for channels that have words in their name or topic", at: []iq.Place{iq.Gateway, iq.Network}, run: (*call).search,
			args: []arg{{name: "words", label: "Words to look for", kind: form.TextSingle, rest: true}}},
	}
}

// channels tells the channels of a network whose names match.
func (c *call) channels() {
	c.tellChannels(mapping.Search{Mask: strings.TrimSpace(c.args["mask"]), Order: mapping.ByUsers})
}

// search tells channels that have words in their name or topic.
func (c *call) search() {
	c.tellChannels(mapping.Search{Words: c.args["words"], InName: true, InTopic: true, Order: mapping.ByUsers})
}

func (c *call) tellChannels(how mapping.Search) {
	if isEndless(how) {
		c.fail(tooLong(), mapping.ForList)
		return
	}
	query{user: c.user, at: c.at}.lists(func(lists []*mapping.Listing, err error) {
		if err != nil {
			c.fail(err, mapping.ForList)
			return
		}
		c.tell(c.foundInWords(c.user.find(lists, how))...)
	})
}

// foundInWords is a line for each channel: its room's address, people, topic.
func (c *call) foundInWords(found *mapping.Found) (lines []string) {
	if found.Len() == 0 {
		return []string{c.words("No such channel is known.")}
	}
	for i := range min(found.Len(), mostTold) {
		network, ch := found.At(i)
		if j, err := c.user.hub.scheme.JID(mapping.Address{Kind: mapping.Channel, Network: network, Name: ch.Name}); err == nil {
			lines = append(lines, j.String()+strings.TrimPrefix(ch.ItemName(), ch.Name))
		}
	}
	if more := found.Len() - len(lines); more > 0 {
		lines = append(lines, c.words("And %s more.", strconv.Itoa(more)))
	}
	if found.Cut {
		lines = append(lines, c.words("There are more channels than the gateway keeps a list of."))
	}
	return lines
}

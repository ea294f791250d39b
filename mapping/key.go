package mapping

import "strings"

// ChannelKey is the key that ChanServ tells for a channel; "" if the line tells none.
// Anope: "Key for channel #c is KEY."; Atheme: "Channel #c key is: KEY".
func ChannelKey(line, channel string) string {
	low := strings.ToLower(line)
	if !strings.Contains(low, "key") || !strings.Contains(low, strings.ToLower(channel)) {
		return ""
	}
	key, dotted := "", false
	if i := strings.LastIndex(low, " is: "); i >= 0 && len(low) == len(line) {
		key = line[i+len(" is: "):]
	} else if i := strings.LastIndex(low, " is "); i >= 0 && len(low) == len(line) {
		key, dotted = strings.CutSuffix(line[i+len(" is "):], ".")
		if !dotted {
			return ""
		}
	}
	if strings.ContainsAny(key, " ,") {
		return ""
	}
	return key
}

package routes

import (
	"encoding/json"

	"im-backend/common/model"
)

// Notice is one message on the channel rediskey.PresenceChannel. It says what to look at again, never what is there; a reader
// that may have missed one looks at everything again.
type Notice struct {
	Users  []model.UserID `json:"users,omitempty"`  // whose routes have changed
	All    bool           `json:"all,omitempty"`    // a gateway has announced everything anew: all may have changed
	Parted bool           `json:"parted,omitempty"` // the first two of Users may not see each other any more
	Chosen bool           `json:"chosen,omitempty"` // Users have chosen anew what others may see of them
}

// String is the message.
func (n Notice) String() string {
	text, _ := json.Marshal(n) // numbers and flags always marshal
	return string(text)
}

// ParseNotice reads a message. What cannot be read, which a later version may have sent, is taken for the notice that everything
// may have changed.
func ParseNotice(text string) Notice {
	var n Notice
	if json.Unmarshal([]byte(text), &n) != nil || (n.Parted && len(n.Users) != 2) {
		return Notice{All: true}
	}
	return n
}

package friendship

import (
	"strconv"

	"im-backend/common/model"
	"im-backend/friend-service/internal/store"
)

// The contents of the system entries; ids are decimal strings, as everywhere in JSON.

// friendAdded stands in the single conversation.
type friendAdded struct {
	Event   string    `json:"event"`
	UserIDs [2]string `json:"userIds"` // the smaller id first
}

// friendRequested stands in the notifications of whoever is asked.
type friendRequested struct {
	Event      string `json:"event"`
	RequestID  string `json:"requestId"`
	FromUserID string `json:"fromUserId"`
	Message    string `json:"message"`
}

// friendAccepted stands in the notifications of whoever asked.
type friendAccepted struct {
	Event     string `json:"event"`
	RequestID string `json:"requestId"`
	UserID    string `json:"userId"` // who accepted
	Message   string `json:"message"`
}

func tellAdded(p *store.Pair) {
	p.Tell(p.Conversation(), friendAdded{Event: "friend.added", UserIDs: [2]string{p.Low.String(), p.High.String()}})
}

func tellRequested(p *store.Pair, r store.Request) {
	p.Tell(model.NotificationID(r.To), friendRequested{
		Event: "friend.request", RequestID: strconv.FormatInt(r.ID, 10), FromUserID: r.From.String(), Message: r.Message,
	})
}

func tellAccepted(p *store.Pair, r store.Request) {
	p.Tell(model.NotificationID(r.From), friendAccepted{
		Event: "friend.accepted", RequestID: strconv.FormatInt(r.ID, 10), UserID: r.To.String(), Message: r.Message,
	})
}

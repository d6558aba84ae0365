package membership

import (
	"im-backend/common/model"
	"im-backend/common/utils/outbox"
	"im-backend/group-service/internal/store"
)

// maxNamed is how many users an entry names; of more who join at once it has the number, so that it stays small.
const maxNamed = 200

// event is the content of a system entry; ids are decimal strings, as everywhere in JSON. Of group.created and group.updated
// it has the fields that are new.
type event struct {
	Event          string   `json:"event"`
	GroupID        string   `json:"groupId"`
	OperatorID     string   `json:"operatorId"` // who did it
	UserIDs        []string `json:"userIds,omitempty"`
	Count          int      `json:"count,omitempty"` // of who joined, instead of userIds, when these are too many
	Name           *string  `json:"name,omitempty"`
	AvatarURL      *string  `json:"avatarUrl,omitempty"`
	JoinPolicy     *string  `json:"joinPolicy,omitempty"`
	HistoryVisible *bool    `json:"historyVisible,omitempty"`
}

func newEvent(name string, l *store.Locked, operator model.UserID, users ...model.UserID) event {
	e := event{Event: name, GroupID: l.ID.String(), OperatorID: operator.String()}
	for _, user := range users {
		e.UserIDs = append(e.UserIDs, user.String())
	}
	return e
}

func tellCreated(l *store.Locked, members []store.Member) {
	e := newEvent("group.created", l, l.Owner, usersOf(members)...)
	e.Name = &l.Name
	l.Tell(outbox.Entry{Content: e, Changes: joining(l, members), Creates: true})
}

func tellJoined(l *store.Locked, operator model.UserID, members []store.Member) {
	e := newEvent("member.joined", l, operator)
	if len(members) > maxNamed {
		e.Count = len(members)
	} else {
		e = newEvent("member.joined", l, operator, usersOf(members)...)
	}
	l.Tell(outbox.Entry{Content: e, Changes: joining(l, members)})
}

// tellGone is for member.left and member.kicked.
func tellGone(l *store.Locked, name string, operator, user model.UserID) {
	l.Tell(outbox.Entry{
		Content: newEvent(name, l, operator, user), Changes: []outbox.Change{{User: user, Left: true}},
	})
}

func tellDismissed(l *store.Locked, operator model.UserID) {
	l.Tell(outbox.Entry{Content: newEvent("group.dismissed", l, operator), Dismisses: true})
}

func usersOf(members []store.Member) []model.UserID {
	users := make([]model.UserID, 0, len(members))
	for _, m := range members {
		users = append(users, m.User)
	}
	return users
}

func joining(l *store.Locked, members []store.Member) []outbox.Change {
	changes := make([]outbox.Change, 0, len(members))
	for _, m := range members {
		changes = append(changes, outbox.Change{User: m.User, Role: m.Role.String(), HistoryVisible: l.HistoryVisible})
	}
	return changes
}

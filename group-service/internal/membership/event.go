package membership

import (
	"im-backend/common/model"
	"im-backend/common/utils/outbox"
	"im-backend/group-service/internal/store"
)

// maxNamed is how many users an entry names; of more who join at once it has the number, so that it stays small.
const maxNamed = 200

// event is the content of a system entry; ids are decimal strings, as everywhere in JSON. It has the fields that are new, and
// group.created has the name. docs/groups.md lists the events.
type event struct {
	Event           string   `json:"event"`
	GroupID         string   `json:"groupId"`
	OperatorID      string   `json:"operatorId"` // who did it
	UserIDs         []string `json:"userIds,omitempty"`
	Count           int      `json:"count,omitempty"` // of who joined, instead of userIds, when these are too many
	Name            *string  `json:"name,omitempty"`
	AvatarURL       *string  `json:"avatarUrl,omitempty"`
	Announcement    *string  `json:"announcement,omitempty"`
	JoinPolicy      *string  `json:"joinPolicy,omitempty"`
	HistoryVisible  *bool    `json:"historyVisible,omitempty"`
	InviteRole      *string  `json:"inviteRole,omitempty"`
	EditRole        *string  `json:"editRole,omitempty"`
	MentionAllRole  *string  `json:"mentionAllRole,omitempty"`
	SlowModeSeconds *int32   `json:"slowModeSeconds,omitempty"`
	MutedAllUntil   *int64   `json:"mutedAllUntil,omitempty"` // unix milliseconds; zero: everybody may write again
	Role            *string  `json:"role,omitempty"`          // of member.role
	MutedUntil      *int64   `json:"mutedUntil,omitempty"`    // of member.muted, unix milliseconds; zero: may write again
	Nickname        *string  `json:"nickname,omitempty"`      // of member.updated; empty: none any more
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
	l.Tell(outbox.Entry{Content: e, Changes: joining(l, members), Creates: true, Settings: settingsOf(l.Group)})
}

// tellUpdated tells the changed fields, and the settings whole where one that decides who may write is among them.
func tellUpdated(l *store.Locked, operator model.UserID, changed Changes) {
	e := newEvent("group.updated", l, operator)
	e.Name, e.AvatarURL, e.JoinPolicy, e.HistoryVisible = changed.Name, changed.AvatarURL, changed.JoinPolicy, changed.HistoryVisible
	e.InviteRole, e.EditRole, e.MentionAllRole = changed.InviteRole, changed.EditRole, changed.MentionAllRole
	e.SlowModeSeconds, e.Announcement = changed.SlowModeSeconds, changed.Announcement
	entry := outbox.Entry{Content: e}
	if changed.enforced() {
		entry.Settings = settingsOf(l.Group)
	}
	l.Tell(entry)
}

func tellMutedAll(l *store.Locked, operator model.UserID) {
	e := newEvent("group.updated", l, operator)
	e.MutedAllUntil = &l.MutedAllUntil
	l.Tell(outbox.Entry{Content: e, Settings: settingsOf(l.Group)})
}

// tellOwner tells that a group was handed over by one member to another.
func tellOwner(l *store.Locked, from, to store.Member) {
	l.Tell(outbox.Entry{
		Content: newEvent("group.owner", l, from.User, to.User), Changes: []outbox.Change{updated(to), updated(from)},
	})
}

func tellRole(l *store.Locked, operator model.UserID, m store.Member) {
	e := newEvent("member.role", l, operator, m.User)
	role := m.Role.String()
	e.Role = &role
	l.Tell(outbox.Entry{Content: e, Changes: []outbox.Change{updated(m)}})
}

func tellMuted(l *store.Locked, operator model.UserID, m store.Member) {
	e := newEvent("member.muted", l, operator, m.User)
	e.MutedUntil = &m.MutedUntil
	l.Tell(outbox.Entry{Content: e, Changes: []outbox.Change{updated(m)}})
}

func tellNickname(l *store.Locked, operator model.UserID, m store.Member) {
	e := newEvent("member.updated", l, operator, m.User)
	e.Nickname = &m.Nickname
	l.Tell(outbox.Entry{Content: e})
}

func tellJoined(l *store.Locked, operator model.UserID, members []store.Member) {
	named := usersOf(members)
	if len(members) > maxNamed {
		named = nil
	}
	e := newEvent("member.joined", l, operator, named...)
	e.Count = len(members) - len(named)
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
		changes = append(changes, outbox.Change{
			User: m.User, Role: m.Role.String(), MutedUntil: m.MutedUntil, HistoryVisible: l.HistoryVisible,
		})
	}
	return changes
}

// updated is the state of a member whose role or mute is new.
func updated(m store.Member) outbox.Change {
	return outbox.Change{User: m.User, Updated: true, Role: m.Role.String(), MutedUntil: m.MutedUntil}
}

package membership_test

import (
	"encoding/json"
	"strconv"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/group-service/internal/store"
)

// projection is what a group's log makes of its members and settings.
type projection struct {
	members  map[model.UserID]what
	settings store.Group // the fields that the log tells
}

// project reads a log as chat-service and clients do: roles and mutes from the changes, the rest from the contents.
func project(t tester, log []*chatpb.AppendRequest) projection {
	t.Helper()
	p := projection{members: map[model.UserID]what{}}
	p.settings.InviteRole, p.settings.EditRole = store.Admin, store.Admin // what groups begin with here
	for _, entry := range log {
		for _, change := range entry.GetChanges() {
			p.change(change)
		}
		var content struct {
			Event        string
			UserIDs      []string `json:"userIds"`
			Nickname     *string
			Name         *string
			Announcement *string
			InviteRole   *string
			EditRole     *string
		}
		require.NoError(t, json.Unmarshal(entry.GetContent(), &content))
		if content.Nickname != nil {
			user, err := strconv.ParseInt(content.UserIDs[0], 10, 64)
			require.NoError(t, err)
			m := p.members[model.UserID(user)]
			m.nickname = *content.Nickname
			p.members[model.UserID(user)] = m
		}
		keep(&p.settings.Name, content.Name)
		keep(&p.settings.Announcement, content.Announcement)
		keepRole(&p.settings.InviteRole, content.InviteRole)
		keepRole(&p.settings.EditRole, content.EditRole)
		if s := entry.GetSettings(); s != nil {
			p.settings.MutedAllUntil, p.settings.SlowModeSeconds = s.GetMutedAllUntil(), s.GetSlowModeSeconds()
			p.settings.MentionAllRole = store.RoleOf(s.GetMentionAllRole())
		}
		if entry.GetDismisses() {
			clear(p.members)
		}
	}
	return p
}

func (p projection) change(c *logpb.MemberChange) {
	user := model.UserID(c.GetUserId())
	switch c.GetKind() {
	case logpb.MemberChange_KIND_LEFT:
		delete(p.members, user)
	case logpb.MemberChange_KIND_UPDATED:
		p.members[user] = what{c.GetRole(), p.members[user].nickname, c.GetMutedUntil()}
	case logpb.MemberChange_KIND_JOINED:
		p.members[user] = what{role: c.GetRole(), mutedUntil: c.GetMutedUntil()}
	case logpb.MemberChange_KIND_UNSPECIFIED:
		panic("a change of no kind")
	}
}

func keep[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

func keepRole(field *store.Role, name *string) {
	if name != nil {
		*field = store.RoleOf(*name)
	}
}

// told are the settings of a group that its log tells after the first entry.
func told(g store.Group) store.Group {
	return store.Group{
		Name: g.Name, Announcement: g.Announcement, InviteRole: g.InviteRole, EditRole: g.EditRole,
		MutedAllUntil: g.MutedAllUntil, SlowModeSeconds: g.SlowModeSeconds, MentionAllRole: g.MentionAllRole,
	}
}

// checkGroup compares the tables of a group, its answers and its log with each other.
func (w *world) checkGroup(t tester, id model.GroupID) {
	t.Helper()
	require.NoError(t, w.Flush(t.Context(), id))
	batch, err := w.Batch(t.Context(), []model.GroupID{id})
	require.NoError(t, err)
	g, members := batch[0], w.known(t, id)
	require.Len(t, members, int(g.MemberCount))
	var owners []model.UserID
	for user, m := range members {
		if m.role == "owner" {
			owners = append(owners, user)
		}
	}
	require.Equal(t, []model.UserID{g.Owner}, owners, "exactly one owner")
	log := project(t, w.chat.Log("g:"+id.String()))
	require.Equal(t, told(g), log.settings)
	if g.Gone() {
		require.Empty(t, log.members)
		return
	}
	require.Equal(t, members, log.members)
}

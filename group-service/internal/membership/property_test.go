package membership_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// people are the users of the property test; user 1 owns the group.
var people = []model.UserID{1, 2, 3, 4, 5, 6}

// project builds the members of a group from its log, as chat-service does.
func project(log []*chatpb.AppendRequest) map[model.UserID]bool {
	members := map[model.UserID]bool{}
	for _, entry := range log {
		for _, change := range entry.GetChanges() {
			user := model.UserID(change.GetUserId())
			if change.GetKind() == logpb.MemberChange_KIND_LEFT {
				delete(members, user)
			} else {
				members[user] = true
			}
		}
		if entry.GetDismisses() {
			clear(members)
		}
	}
	return members
}

// machine runs commands on one group against a model of its members.
type machine struct {
	w         *world
	id        model.GroupID
	roles     map[model.UserID]store.Role
	leaving   map[model.UserID]bool // committed, not answered
	dismissed bool
	down      bool // chat-service
}

// unanswered reports whether a committed command could not be answered.
func unanswered(err error) bool { return errors.Is(err, errs.ErrUnavailable) }

func (m *machine) add(t *rapid.T, by, user model.UserID) {
	added, failed, err := m.w.Add(t.Context(), m.id, by, []model.UserID{user})
	role := m.roles[by]
	switch {
	case m.dismissed || role == store.NoRole:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case role == store.Ordinary:
		require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	case m.roles[user] != store.NoRole:
		require.NoError(t, err)
		require.Len(t, failed, 1)
	default:
		require.NoError(t, err)
		require.Len(t, added, 1)
		m.roles[user] = store.Ordinary
		delete(m.leaving, user)
	}
}

// gone notes the outcome of a kick or a leaving that the rules allow.
func (m *machine) gone(t *rapid.T, user model.UserID, err error) {
	delete(m.roles, user)
	if unanswered(err) {
		require.True(t, m.down)
		m.leaving[user] = true
		return
	}
	require.NoError(t, err)
	delete(m.leaving, user)
}

func (m *machine) kick(t *rapid.T, by, user model.UserID) {
	err := m.w.Kick(t.Context(), m.id, by, user)
	role := m.roles[by]
	switch {
	case m.dismissed || role == store.NoRole:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case role == store.Ordinary:
		require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	case m.leaving[user]:
		m.gone(t, user, err)
	case m.roles[user] == store.NoRole:
		require.ErrorIs(t, err, errs.ErrUserNotFound)
	case user == by || user == 1:
		require.ErrorIs(t, err, errs.ErrForbidden)
	default:
		m.gone(t, user, err)
	}
}

func (m *machine) leave(t *rapid.T, user model.UserID) {
	err := m.w.Leave(t.Context(), m.id, user)
	switch {
	case m.dismissed:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case user == 1:
		require.ErrorIs(t, err, errs.ErrForbidden)
	case m.roles[user] == store.NoRole && !m.leaving[user]:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	default:
		m.gone(t, user, err)
	}
}

func (m *machine) rename(t *rapid.T, by model.UserID, name string) {
	g, err := m.w.Update(t.Context(), m.id, by, membership.Changes{Name: &name})
	switch {
	case m.dismissed || m.roles[by] == store.NoRole:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case m.roles[by] == store.Ordinary:
		require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	default:
		require.NoError(t, err)
		require.Equal(t, name, g.Name)
	}
}

// check compares the tables, the answers and the log with the model.
func (m *machine) check(t *rapid.T) {
	var rows []struct {
		UserID int64
		Role   int8
	}
	require.NoError(t, m.w.db.Table("group_members").Where("group_id = ? AND left_at = 0", m.id).Find(&rows).Error)
	batch, err := m.w.Batch(t.Context(), []model.GroupID{m.id})
	require.NoError(t, err)
	require.Len(t, rows, int(batch[0].MemberCount))
	owners := 0
	for _, row := range rows {
		require.Equal(t, m.roles[model.UserID(row.UserID)], store.Role(row.Role))
		if store.Role(row.Role) == store.Owner {
			owners++
			require.EqualValues(t, batch[0].Owner, row.UserID)
		}
	}
	require.Equal(t, 1, owners)
	require.Len(t, rows, len(m.roles))
	if m.down {
		return
	}
	require.NoError(t, m.w.Flush(t.Context(), m.id))
	projected := slices.Sorted(maps.Keys(project(m.w.chat.Log(string(model.GroupConversationID(m.id))))))
	if m.dismissed {
		require.Empty(t, projected)
		return
	}
	require.Equal(t, slices.Sorted(maps.Keys(m.roles)), projected)
	require.ElementsMatch(t, projected, membersOf(t, m.w, m.id))
}

func membersOf(t *rapid.T, w *world, id model.GroupID) []model.UserID {
	page, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1})
	require.NoError(t, err)
	ids := []model.UserID{}
	for _, member := range page.Members {
		ids = append(ids, member.User)
	}
	return ids
}

func TestRandomCommandsOnAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	rapid.Check(t, func(t *rapid.T) {
		w.chat.Fail(nil)
		g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "group", Members: []model.UserID{2, 3}})
		require.NoError(t, err)
		m := &machine{w: w, id: g.ID, leaving: map[model.UserID]bool{}, roles: map[model.UserID]store.Role{
			1: store.Owner, 2: store.Ordinary, 3: store.Ordinary,
		}}
		person := rapid.SampledFrom(people)
		t.Repeat(map[string]func(*rapid.T){
			"":      m.check,
			"add":   func(t *rapid.T) { m.add(t, person.Draw(t, "by"), person.Draw(t, "user")) },
			"kick":  func(t *rapid.T) { m.kick(t, person.Draw(t, "by"), person.Draw(t, "user")) },
			"leave": func(t *rapid.T) { m.leave(t, person.Draw(t, "user")) },
			"rename": func(t *rapid.T) {
				m.rename(t, person.Draw(t, "by"), rapid.StringMatching("[a-z]{1,8}").Draw(t, "name"))
			},
			"dismiss": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") > 0 {
					return // groups live a while
				}
				err := w.Dismiss(t.Context(), m.id, 1)
				if !m.dismissed && !unanswered(err) {
					require.NoError(t, err)
				}
				m.dismissed = true
			},
			"chat goes":  func(*rapid.T) { m.down = true; w.chat.Fail(down) },
			"chat comes": func(*rapid.T) { m.down = false; w.chat.Fail(nil) },
		})
	})
}

package membership_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// people are the users of the property test; user 1 makes the group.
var people = []model.UserID{1, 2, 3, 4, 5, 6}

const (
	mostMembers = 5
	mostAdmins  = 2
)

// machine runs commands on one group against a model of it.
type machine struct {
	w         *world
	id        model.GroupID
	roles     map[model.UserID]store.Role
	muted     map[model.UserID]bool
	left      map[model.UserID]bool // was a member
	removed   map[model.UserID]bool // whose account was deleted
	nicknames map[model.UserID]string
	name      string
	announced string
	mutedAll  bool
	handedBy  model.UserID
	edit      store.Role
	invite    store.Role
	dismissed bool
	down      bool // chat-service
	syncer    syncer
}

// refused checks the answer to a member of a role where only lowest and above may, and reports whether it was refused.
func (m *machine) refused(t *rapid.T, by model.UserID, lowest store.Role, err error) bool {
	role := m.roles[by]
	switch {
	case m.dismissed || role == store.NoRole:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case role <= lowest:
		return false
	case lowest == store.Owner:
		require.ErrorIs(t, err, errs.ErrNotGroupOwner)
	default:
		require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	}
	return true
}

// answered checks the answer to a command that is done whether chat-service is there or not.
func (m *machine) answered(t *rapid.T, err error) {
	if m.down && errors.Is(err, errs.ErrUnavailable) {
		return // committed, not answered
	}
	require.NoError(t, err)
}

func (m *machine) count(role store.Role) (n int) {
	for _, r := range m.roles {
		if r == role {
			n++
		}
	}
	return n
}

func (m *machine) add(t *rapid.T, by, user model.UserID) {
	added, failed, err := m.w.Add(t.Context(), m.id, by, []model.UserID{user})
	if m.refused(t, by, m.invite, err) {
		return
	}
	require.NoError(t, err)
	if m.removed[user] || m.roles[user] != store.NoRole || len(m.roles) == mostMembers {
		require.Len(t, failed, 1)
		return
	}
	require.Len(t, added, 1)
	m.roles[user] = store.Ordinary
}

// goes notes that somebody is no member any more.
func (m *machine) goes(user model.UserID) {
	delete(m.roles, user)
	delete(m.nicknames, user)
	m.left[user] = true
}

// gone notes the outcome of a kick or a leaving that the rules allow.
func (m *machine) gone(t *rapid.T, user model.UserID, err error) {
	m.goes(user)
	m.answered(t, err)
}

// towards checks the answer to what is done to a member of a lower role, and reports whether it was refused.
func (m *machine) towards(t *rapid.T, by, user model.UserID, err error) bool {
	switch {
	case m.roles[user] == store.NoRole:
		require.ErrorIs(t, err, errs.ErrUserNotFound)
	case m.roles[by] >= m.roles[user]:
		require.ErrorIs(t, err, errs.ErrForbidden)
	default:
		return false
	}
	return true
}

func (m *machine) kick(t *rapid.T, by, user model.UserID) {
	err := m.w.Kick(t.Context(), m.id, by, user)
	if m.refused(t, by, store.Admin, err) {
		return
	}
	if (m.roles[user] == store.NoRole && m.left[user]) || !m.towards(t, by, user, err) {
		m.gone(t, user, err)
	}
}

func (m *machine) leave(t *rapid.T, user model.UserID) {
	err := m.w.Leave(t.Context(), m.id, user)
	switch {
	case m.roles[user] == store.NoRole && m.left[user]:
		m.answered(t, err)
	case m.dismissed || m.roles[user] == store.NoRole:
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
	case m.roles[user] == store.Owner:
		require.ErrorIs(t, err, errs.ErrForbidden)
	default:
		m.gone(t, user, err)
	}
}

func (m *machine) mute(t *rapid.T, by, user model.UserID, on bool) {
	until := int64(0)
	if on {
		until = m.w.in(100 * 24 * time.Hour)
	}
	_, err := m.w.UpdateMember(t.Context(), m.id, by, user, membership.MemberChanges{MutedUntil: &until})
	if m.member(t, by, user, err) || m.refused(t, by, store.Admin, err) || m.towards(t, by, user, err) {
		return
	}
	m.answered(t, err)
	m.muted[user] = on
}

// member checks the answer of UpdateMember about users who are no members, and reports whether it was that.
func (m *machine) member(t *rapid.T, by, user model.UserID, err error) bool {
	if m.dismissed || m.roles[by] == store.NoRole || m.roles[user] != store.NoRole {
		return false
	}
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	return true
}

func (m *machine) promote(t *rapid.T, by, user model.UserID, role store.Role) {
	name := role.String()
	_, err := m.w.UpdateMember(t.Context(), m.id, by, user, membership.MemberChanges{Role: &name})
	if m.member(t, by, user, err) || m.refused(t, by, store.Owner, err) || m.towards(t, by, user, err) {
		return
	}
	if role == store.Admin && m.roles[user] != role && m.count(role) == mostAdmins {
		require.ErrorIs(t, err, errs.ErrAdminLimitReached)
		return
	}
	m.answered(t, err)
	m.roles[user] = role
}

// silenced checks the answer to what one member shows the others, and reports whether a mute refused it.
func (m *machine) silenced(t *rapid.T, by model.UserID, err error) bool {
	if !m.muted[by] && (!m.mutedAll || m.roles[by] != store.Ordinary) {
		return false
	}
	require.ErrorIs(t, err, errs.ErrMuted)
	return true
}

func (m *machine) nickname(t *rapid.T, by, user model.UserID, nickname string) {
	_, err := m.w.UpdateMember(t.Context(), m.id, by, user, membership.MemberChanges{Nickname: &nickname})
	if m.member(t, by, user, err) {
		return
	}
	if (by != user || m.roles[by] == store.NoRole || m.dismissed) && (m.refused(t, by, store.Admin, err) || m.towards(t, by, user, err)) {
		return
	}
	if m.nicknames[user] == nickname || !m.silenced(t, by, err) {
		m.answered(t, err)
		m.nicknames[user] = nickname
	}
}

func (m *machine) transfer(t *rapid.T, by, user model.UserID) {
	_, err := m.w.Transfer(t.Context(), m.id, by, user)
	if again := m.roles[by] != store.NoRole && m.handedBy == by && m.roles[user] == store.Owner; again && !m.dismissed {
		m.answered(t, err)
		return
	}
	if m.refused(t, by, store.Owner, err) {
		return
	}
	switch {
	case m.roles[user] == store.NoRole:
		require.ErrorIs(t, err, errs.ErrUserNotFound)
	case by == user:
		m.answered(t, err)
	case m.roles[user] == store.Ordinary && m.count(store.Admin) == mostAdmins:
		require.ErrorIs(t, err, errs.ErrAdminLimitReached)
	default:
		m.answered(t, err)
		m.roles[by], m.roles[user], m.handedBy = store.Admin, store.Owner, by
		delete(m.muted, user)
	}
}

func (m *machine) settings(t *rapid.T, by model.UserID, edit, invite store.Role, slow int32) {
	e, i := edit.String(), invite.String()
	_, err := m.w.Update(t.Context(), m.id, by, membership.Changes{EditRole: &e, InviteRole: &i, SlowModeSeconds: &slow})
	if !m.refused(t, by, store.Admin, err) {
		m.answered(t, err)
		m.edit, m.invite = edit, invite
	}
}

func (m *machine) info(t *rapid.T, by model.UserID, text string) {
	_, err := m.w.Update(t.Context(), m.id, by, membership.Changes{Name: &text})
	_, also := m.w.Announce(t.Context(), m.id, by, text)
	if m.refused(t, by, m.edit, err) {
		return
	}
	if m.name == text || !m.silenced(t, by, err) {
		require.NoError(t, err)
		m.name = text
	}
	if m.announced == text || !m.silenced(t, by, also) {
		require.NoError(t, also)
		m.announced = text
	}
}

func (m *machine) muteAll(t *rapid.T, by model.UserID, until int64) {
	_, err := m.w.MuteAll(t.Context(), m.id, by, until)
	if !m.refused(t, by, store.Admin, err) {
		m.answered(t, err)
		m.mutedAll = until > m.w.clock.Load()
	}
}

// remove deletes a user, who leaves the groups of earlier runs too.
func (m *machine) remove(t *rapid.T, user model.UserID) {
	for done := false; !done; {
		var err error
		done, err = m.w.RemoveUser(t.Context(), user)
		require.NoError(t, err)
	}
	m.removed[user] = true
	role := m.roles[user]
	if m.dismissed || role == store.NoRole {
		return
	}
	if role == store.Owner && len(m.roles) == 1 {
		m.dismissed = true
		return
	}
	m.goes(user)
	if role != store.Owner {
		return
	}
	batch, err := m.w.Batch(t.Context(), []model.GroupID{m.id})
	require.NoError(t, err)
	highest := slices.Min(slices.Collect(maps.Values(m.roles)))
	require.Equal(t, highest, m.roles[batch[0].Owner])
	m.roles[batch[0].Owner], m.handedBy = store.Owner, user
	delete(m.muted, batch[0].Owner)
}

func (m *machine) dismiss(t *rapid.T) {
	for user, role := range m.roles {
		if role != store.Owner {
			continue
		}
		m.answered(t, m.w.Dismiss(t.Context(), m.id, user))
	}
	m.dismissed = true
}

// check compares the tables, the answers and the log with the model, and with what a client knows who asks for changes only.
func (m *machine) check(t *rapid.T) {
	known := m.w.known(t, m.id)
	require.Len(t, known, len(m.roles))
	for user, got := range known {
		require.Equal(t, m.roles[user].String(), got.role)
		require.Equal(t, m.muted[user], got.mutedUntil > 0)
	}
	m.w.checkCounts(t)
	if m.down {
		return
	}
	require.NoError(t, m.w.Flush(t.Context(), m.id))
	m.w.checkGroup(t, m.id)
	if m.dismissed {
		return
	}
	for user, role := range m.roles {
		if role == store.Owner {
			m.syncer.user = user
		}
	}
	m.syncer.catchUp(t, m.w.Groups)
	require.Equal(t, known, m.syncer.list)
}

func TestRandomCommandsOnAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers, c.MaxAdmins = mostMembers, mostAdmins }))
	rapid.Check(t, func(t *rapid.T) {
		w.chat.Fail(nil)
		require.NoError(t, w.db.Exec("UPDATE group_joiners SET removed_at = 0").Error) // of earlier runs
		g, err := w.Create(t.Context(), membership.Draft{
			Owner: 1, Name: "group", Members: []model.UserID{2, 3}, InviteRole: "admin", EditRole: "admin",
		})
		require.NoError(t, err)
		m := &machine{
			w: w, id: g.ID, left: map[model.UserID]bool{}, muted: map[model.UserID]bool{}, edit: store.Admin, invite: store.Admin,
			removed: map[model.UserID]bool{}, nicknames: map[model.UserID]string{}, name: "group",
			roles:  map[model.UserID]store.Role{1: store.Owner, 2: store.Ordinary, 3: store.Ordinary},
			syncer: syncer{group: g.ID, limit: 2},
		}
		m.run(t)
	})
}

func (m *machine) run(t *rapid.T) {
	person, role := rapid.SampledFrom(people), rapid.SampledFrom([]store.Role{store.Owner, store.Admin, store.Ordinary})
	text := rapid.StringMatching("[a-c]{1,2}")
	by := func(t *rapid.T) model.UserID { return person.Draw(t, "by") }
	user := func(t *rapid.T) model.UserID { return person.Draw(t, "user") }
	seldom := func(t *rapid.T) bool { return rapid.IntRange(0, 9).Draw(t, "seldom") == 0 } // groups live a while
	t.Repeat(map[string]func(*rapid.T){
		"":      m.check,
		"add":   func(t *rapid.T) { m.add(t, by(t), user(t)) },
		"kick":  func(t *rapid.T) { m.kick(t, by(t), user(t)) },
		"leave": func(t *rapid.T) { m.leave(t, user(t)) },
		"mute":  func(t *rapid.T) { m.mute(t, by(t), user(t), rapid.Bool().Draw(t, "on")) },
		"role": func(t *rapid.T) {
			m.promote(t, by(t), user(t), rapid.SampledFrom([]store.Role{store.Admin, store.Ordinary}).Draw(t, "role"))
		},
		"nickname": func(t *rapid.T) { m.nickname(t, by(t), user(t), text.Draw(t, "nickname")) },
		"transfer": func(t *rapid.T) { m.transfer(t, by(t), user(t)) },
		"settings": func(t *rapid.T) {
			m.settings(t, by(t), role.Draw(t, "edit"), role.Draw(t, "invite"), rapid.Int32Range(0, 2).Draw(t, "slow"))
		},
		"info": func(t *rapid.T) { m.info(t, by(t), text.Draw(t, "text")) },
		"mute all": func(t *rapid.T) {
			m.muteAll(t, by(t), m.w.in(time.Duration(rapid.IntRange(-1, 1).Draw(t, "hours"))*time.Hour))
		},
		"remove": func(t *rapid.T) {
			if seldom(t) {
				m.remove(t, user(t))
			}
		},
		"dismiss": func(t *rapid.T) {
			if seldom(t) {
				m.dismiss(t)
			}
		},
		"chat goes":  func(*rapid.T) { m.down = true; m.w.chat.Fail(down) },
		"chat comes": func(*rapid.T) { m.down = false; m.w.chat.Fail(nil) },
	})
}

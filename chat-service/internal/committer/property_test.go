package committer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// groupModel is a group in the plainest form: what its log, its rights and its members' windows are.
type groupModel struct {
	id        model.ConversationID
	now       int64
	seq       int64
	dismissed bool
	settings  committer.Settings
	members   map[model.UserID]*memberModel
}

type memberModel struct {
	present    bool
	role       string
	mutedUntil int64
	lastSent   int64
	sees       []int64 // seqs
	mentions   []int64 // of them, those that mention it
	read       int64
}

func (g *groupModel) member(user model.UserID) *memberModel {
	m := g.members[user]
	if m == nil {
		m = &memberModel{}
		g.members[user] = m
	}
	return m
}

// enter appends an entry, which those see who are members when it stands.
func (g *groupModel) enter() int64 {
	g.seq++
	for _, m := range g.members {
		if m.present {
			m.sees = append(m.sees, g.seq)
		}
	}
	return g.seq
}

func (g *groupModel) move(kind logpb.MemberChange_Kind, change *logpb.MemberChange) {
	m := g.member(model.UserID(change.GetUserId()))
	switch {
	case kind == logpb.MemberChange_KIND_JOINED && !m.present:
		m.present, m.role, m.mutedUntil = true, change.GetRole(), change.GetMutedUntil()
		if change.GetHistoryVisible() {
			m.sees = nil
			for seq := int64(1); seq <= g.seq; seq++ {
				m.sees = append(m.sees, seq)
			}
		}
		m.read = g.enter()
	case kind == logpb.MemberChange_KIND_LEFT:
		g.enter()
		m.present = false
	default:
		g.enter()
		if kind == logpb.MemberChange_KIND_UPDATED && m.present {
			m.role, m.mutedUntil = change.GetRole(), change.GetMutedUntil()
		}
	}
}

// verdict is what a send has to answer.
func (g *groupModel) verdict(user model.UserID, all bool) error {
	m := g.members[user]
	chief := m != nil && (m.role == committer.RoleOwner || m.role == committer.RoleAdmin)
	switch {
	case m == nil || len(m.sees) == 0:
		return errs.ErrConversationNotFound
	case !m.present:
		return errs.ErrNotGroupMember
	case g.dismissed:
		return errs.ErrGroupNotFound
	case m.mutedUntil > g.now, !chief && g.settings.MutedAllUntil > g.now:
		return errs.ErrMuted
	case all && !g.mayMentionAll(m.role):
		return errs.ErrNotGroupAdmin
	case !chief && m.lastSent+1000*int64(g.settings.SlowModeSeconds) > g.now:
		return errs.ErrRateLimited
	}
	return nil
}

func (g *groupModel) mayMentionAll(role string) bool {
	switch g.settings.MentionAllRole {
	case committer.RoleMember:
		return true
	case committer.RoleOwner:
		return role == committer.RoleOwner
	}
	return role == committer.RoleOwner || role == committer.RoleAdmin
}

func (g *groupModel) send(user model.UserID, mentions []string) {
	m := g.member(user)
	seq := g.enter()
	m.read, m.lastSent = seq, g.now
	for id, other := range g.members {
		for _, name := range mentions {
			if other.present && (name == message.MentionAll || name == id.String()) {
				other.mentions = append(other.mentions, seq)
			}
		}
	}
}

// mentioned is whether an unread entry mentions a member.
func (m *memberModel) mentioned() bool {
	for _, seq := range m.mentions {
		if seq > m.read {
			return true
		}
	}
	return false
}

func TestSendsAndWhatIsSeenAgreeWithAModelOfWindowsAndRights(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	clock := newHandClock()
	b.clock = clock.now
	instances := []*committer.Committer{
		b.committer(), b.committer(func(c *committer.Config) { c.LargeGroup = 1 }), // to one every group is large
	}
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaxRetries: -1})
	t.Cleanup(func() { require.NoError(t, rdb.Close()) })
	look := timeline.New(b.store, recent.New(rdb), nil, nil, nil)
	groups, ids := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		groups++
		g := &groupModel{id: model.ConversationID(fmt.Sprint("g:", groups)), members: map[model.UserID]*memberModel{}}
		for step := range rapid.IntRange(4, 30).Draw(t, "steps") {
			ids++
			c := rapid.SampledFrom(instances).Draw(t, "instance")
			kind := "append"
			if step > 0 {
				kind = rapid.SampledFrom([]string{"append", "send", "send", "wait"}).Draw(t, "do")
			}
			g.now = clock.now().UnixMilli()
			switch kind {
			case "append":
				b.drawAppend(t, c, g, fmt.Sprint("a", ids), step == 0)
			case "send":
				b.drawSend(t, c, g, fmt.Sprint("m", ids))
			case "wait":
				clock.advance(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond)
			}
		}
		for user, m := range g.members {
			b.checkMember(t, look, g, user, m)
		}
	})
}

var modelUsers = rapid.Custom(func(t *rapid.T) model.UserID { return model.UserID(rapid.IntRange(1, 4).Draw(t, "user")) })

// drawAppend appends an entry that may move members, settings or the group's end.
func (b *bench) drawAppend(t *rapid.T, c *committer.Committer, g *groupModel, id string, first bool) {
	a := committer.Append{ID: id, Creates: first}
	change := &logpb.MemberChange{
		UserId: int64(modelUsers.Draw(t, "user")), HistoryVisible: rapid.Bool().Draw(t, "historyVisible"),
		Role: rapid.SampledFrom([]string{committer.RoleOwner, committer.RoleAdmin, committer.RoleMember}).Draw(t, "role"),
		Kind: logpb.MemberChange_KIND_JOINED,
	}
	until := rapid.SampledFrom([]int64{0, g.now + 2000, g.now - 1})
	change.MutedUntil = until.Draw(t, "mutedUntil")
	what := "member"
	if !first {
		what = rapid.SampledFrom([]string{"member", "member", "member", "settings", "both", "end"}).Draw(t, "what")
		change.Kind = rapid.SampledFrom([]logpb.MemberChange_Kind{
			logpb.MemberChange_KIND_JOINED, logpb.MemberChange_KIND_LEFT, logpb.MemberChange_KIND_UPDATED,
		}).Draw(t, "kind")
	}
	if what == "settings" || what == "both" {
		a.Settings = &committer.Settings{
			MutedAllUntil:   until.Draw(t, "mutedAllUntil"),
			SlowModeSeconds: rapid.SampledFrom([]int32{0, 0, 1, 3}).Draw(t, "slow"),
			MentionAllRole:  rapid.SampledFrom([]string{"", committer.RoleOwner, committer.RoleMember}).Draw(t, "mentionAll"),
		}
		g.settings = *a.Settings
	}
	switch what {
	case "member", "both":
		a.Changes = []*logpb.MemberChange{change}
		g.move(change.GetKind(), change)
	case "end":
		a.Dismisses = rapid.IntRange(0, 3).Draw(t, "dismisses") == 0
		g.dismissed = g.dismissed || a.Dismisses
		g.enter()
	default:
		g.enter()
	}
	require.Equal(t, g.seq, appendEntry(b.t, c, g.id, a).Seq)
}

func (b *bench) drawSend(t *rapid.T, c *committer.Committer, g *groupModel, id string) {
	user := modelUsers.Draw(t, "user")
	mentions := rapid.SampledFrom([][]string{nil, nil, {message.MentionAll}, {"1", "4", "77"}}).Draw(t, "mentions")
	want := g.verdict(user, len(mentions) == 1)
	got := mention(b.t, c, user, g.id, id, mentions...)
	require.ErrorIs(t, got, want)
	if want == nil {
		g.send(user, mentions)
	}
}

// checkMember compares what a user sees with the model.
func (b *bench) checkMember(t *rapid.T, look *timeline.Timeline, g *groupModel, user model.UserID, m *memberModel) {
	if len(m.sees) == 0 {
		return
	}
	var sees []int64
	for after, more := int64(0), true; more; {
		page, hasMore, err := look.ListMessages(b.t.Context(), user, string(g.id), timeline.Page{After: &after, Limit: 7})
		require.NoError(t, err)
		for _, e := range page {
			sees = append(sees, e.GetSeq())
			after = e.GetSeq()
		}
		more = hasMore
	}
	require.Equal(t, m.sees, sees)
	v, err := b.store.View(b.t.Context(), user, string(g.id))
	require.NoError(t, err)
	require.Equal(t, m.role, v.Role)
	require.Equal(t, m.mutedUntil, v.SilencedUntil)
	require.Equal(t, m.lastSent, v.LastSentAt)
	mentions, err := b.store.Mentions(b.t.Context(), user, []string{string(g.id)})
	require.NoError(t, err)
	require.Equal(t, m.mentioned(), mentions[string(g.id)].Messages > 0)
}

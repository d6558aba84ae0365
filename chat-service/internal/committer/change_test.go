package committer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

func changeJob(id model.ConversationID, c committer.Change) *committer.Job {
	return &committer.Job{To: to(id), Change: &c}
}

func change(c *committer.Committer, id model.ConversationID, what committer.Change) (committer.Result, error) {
	return c.Store(context.Background(), *changeJob(id, what))
}

func recall(user model.UserID, seq int64) committer.Change {
	return committer.Change{User: user, Kind: message.Recall, Target: seq}
}

func edit(user model.UserID, seq int64, body string, mentions ...string) committer.Change {
	return committer.Change{
		User: user, Kind: message.Edit, Target: seq, Content: fmt.Appendf(nil, `{"text":%q}`, body), Mentions: mentions,
	}
}

func react(user model.UserID, seq int64, emoji string) committer.Change {
	return committer.Change{User: user, Kind: message.Reaction, Target: seq, Emoji: emoji}
}

func pin(user model.UserID, seq int64) committer.Change {
	return committer.Change{User: user, Kind: message.Pin, Target: seq}
}

func removed(c committer.Change) committer.Change {
	c.Removed = true
	return c
}

// at answers one stored entry.
func (b *bench) at(id string, seq int64) *logpb.Entry {
	b.t.Helper()
	at := store.Place{ConversationID: id, Seq: seq}
	found, err := b.store.EntriesAt(context.Background(), []store.Place{at})
	require.NoError(b.t, err)
	require.NotNil(b.t, found[at])
	return found[at]
}

// age makes an entry older.
func (b *bench) age(id string, seq int64, by time.Duration) {
	b.t.Helper()
	require.NoError(b.t, b.db.Exec("UPDATE messages SET created_at=created_at-? WHERE conversation_id=? AND seq=?",
		by.Milliseconds(), id, seq).Error)
}

func (b *bench) rows(table any, id string) (n int64) {
	b.t.Helper()
	require.NoError(b.t, b.db.Model(table).Where("conversation_id = ?", id).Count(&n).Error)
	return n
}

// team is a group of the owner 1, the admin 2 and the members 3 and 4, whose entry has seq 1. Everybody may mention all.
func (b *bench) team(c *committer.Committer) {
	b.t.Helper()
	changes := joined(1, 2, 3, 4)
	changes[0].Role, changes[1].Role = "owner", "admin"
	appendEntry(b.t, c, "g:9", committer.Append{
		ID: "1", Creates: true, Changes: changes, Settings: &committer.Settings{MentionAllRole: committer.RoleMember},
	})
}

func say(t testing.TB, c *committer.Committer, from model.UserID, id model.ConversationID, clientMsgID string, mentions ...string) int64 {
	t.Helper()
	m, err := message.New(clientMsgID, message.Text, []byte(`{"text":"secret"}`), 0, mentions)
	require.NoError(t, err)
	r, err := c.Store(context.Background(), committer.Job{To: to(id), Send: &committer.Send{Sender: from, Message: m}})
	require.NoError(t, err)
	return r.Seq
}

func TestARecallTakesEverythingOfAMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	seq := say(t, c, 3, "g:9", "m", "4", "all")
	for _, what := range []committer.Change{edit(3, seq, "secret too", "4"), edit(3, seq, "secret still", "all"), react(4, seq, "👍"), pin(1, seq)} {
		_, err := change(c, "g:9", what)
		require.NoError(t, err)
	}
	first, err := change(c, "g:9", recall(3, seq))
	require.NoError(t, err)
	again, err := change(c, "g:9", recall(1, seq))
	require.NoError(t, err)
	require.Equal(t, committer.Result{MessageID: first.MessageID, Seq: first.Seq, CreatedAt: first.CreatedAt, Repeated: true}, again)

	entries, err := b.store.Entries(context.Background(), "g:9", 1, 100, 100, false)
	require.NoError(t, err)
	require.Len(t, entries, 7, "the second recall made no entry")
	for _, e := range entries {
		require.NotContains(t, string(e.GetContent()), "secret", "seq %d", e.GetSeq())
	}
	target := b.at("g:9", seq)
	require.Equal(t, message.Empty, string(target.GetContent()))
	require.Empty(t, target.GetMentions())
	require.Equal(t, first.CreatedAt, target.GetRecalledAt())
	require.Zero(t, target.GetReactionSeq())
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d}`, seq), string(b.at("g:9", first.Seq).GetContent()))
	for _, table := range []any{
		&imchat.MessageEdit{}, &imchat.MessageReaction{}, &imchat.ReactionCount{}, &imchat.PinnedMessage{}, &imchat.MessageMention{},
	} {
		require.Zero(t, b.rows(table, "g:9"), "%T", table)
	}
	v, err := b.store.View(context.Background(), 4, "g:9")
	require.NoError(t, err)
	require.EqualValues(t, 1, v.Head.MessageCount, "no change counts as unread")
	require.Equal(t, first.Seq, v.Head.ChangedSeq)
	retried, err := send(t, c, 3, "g:9", "m", "another")
	require.ErrorIs(t, err, errs.ErrClientMsgIDReused, "%+v", retried)
}

func TestWhoMayRecallWhat(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	b.befriend(5, 6, 1)
	for _, tc := range []struct {
		name   string
		id     model.ConversationID
		sender model.UserID
		by     model.UserID
		age    time.Duration
		want   error
	}{
		{"own", "g:9", 3, 3, 0, nil},
		{"own at the end of the window", "g:9", 3, 3, 110 * time.Second, nil},
		{"own after the window", "g:9", 3, 3, 121 * time.Second, errs.ErrRecallWindowPassed},
		{"another member's", "g:9", 3, 4, 0, errs.ErrNotGroupAdmin},
		{"the owner's by a member", "g:9", 1, 3, 0, errs.ErrNotGroupAdmin},
		{"a member's by an admin, however old", "g:9", 3, 2, 1000 * time.Hour, nil},
		{"the owner's by an admin", "g:9", 1, 2, 0, nil},
		{"an admin's own, however old", "g:9", 2, 2, 1000 * time.Hour, nil},
		{"a stranger", "g:9", 3, 8, 0, errs.ErrConversationNotFound},
		{"own of a single conversation", "s:5:6", 5, 5, 0, nil},
		{"own of a single conversation after the window", "s:5:6", 5, 5, 121 * time.Second, errs.ErrRecallWindowPassed},
		{"the peer's", "s:5:6", 5, 6, 0, errs.ErrForbidden},
		{"a stranger's of a single conversation", "s:5:6", 5, 8, 0, errs.ErrConversationNotFound},
	} {
		seq := say(t, c, tc.sender, tc.id, strings.ReplaceAll(tc.name, " ", "-"))
		b.age(string(tc.id), seq, tc.age)
		_, err := change(c, tc.id, recall(tc.by, seq))
		if tc.want == nil {
			require.NoError(t, err, tc.name)
			continue
		}
		require.ErrorIs(t, err, tc.want, tc.name)
		require.NotEqual(t, message.Empty, string(b.at(string(tc.id), seq).GetContent()), tc.name)
	}
	for name, seq := range map[string]int64{"a system entry": 1, "nothing yet": 1000, "nothing ever": 0, "below all": -1} {
		_, err := change(c, "g:9", recall(1, seq))
		require.ErrorIs(t, err, errs.ErrMessageNotFound, name)
	}
	_, err := change(c, "n:1", recall(1, 1))
	require.ErrorIs(t, err, errs.ErrForbidden)
	_, err = change(c, "n:1", recall(2, 1))
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
	_, err = change(c, "g:77", recall(1, 1))
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
}

func TestWhoMayNotWriteMayNotChangeEither(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	seq := say(t, c, 3, "g:9", "m")
	all := []committer.Change{recall(3, seq), edit(3, seq, "x"), react(3, seq, "👍")}
	refused := func(id model.ConversationID, all []committer.Change, want ...error) {
		t.Helper()
		for i, what := range all {
			if _, err := change(c, id, what); want[i] != nil {
				require.ErrorIs(t, err, want[i])
			} else {
				require.NoError(t, err)
			}
		}
	}
	appendEntry(t, c, "g:9", committer.Append{ID: "mute", Changes: []*logpb.MemberChange{
		{Kind: logpb.MemberChange_KIND_UPDATED, UserId: 3, Role: "member", MutedUntil: time.Now().Add(time.Hour).UnixMilli()},
	}})
	refused("g:9", all[1:], errs.ErrMuted, errs.ErrMuted)
	refused("g:9", all[:1], nil)
	seq = say(t, c, 4, "g:9", "m")
	all = []committer.Change{recall(4, seq), edit(4, seq, "x"), react(4, seq, "👍")}
	appendEntry(t, c, "g:9", committer.Append{ID: "kick", Changes: left(4)})
	refused("g:9", all, errs.ErrNotGroupMember, errs.ErrNotGroupMember, errs.ErrNotGroupMember)

	b.befriend(5, 6, 1)
	seq = say(t, c, 5, "s:5:6", "m")
	all = []committer.Change{edit(5, seq, "x"), react(5, seq, "👍"), pin(5, seq), recall(5, seq)}
	relation := func(r store.Relation) {
		require.NoError(t, c.SetRelation(context.Background(), 5, 6, r))
	}
	relation(store.Relation{Friends: true, BlockedByHigh: true, Version: 2})
	refused("s:5:6", all, errs.ErrBlocked, errs.ErrBlocked, errs.ErrBlocked, errs.ErrBlocked)
	relation(store.Relation{Version: 3})
	refused("s:5:6", all, errs.ErrNotFriends, errs.ErrNotFriends, errs.ErrNotFriends, nil)
}

func TestSettingsOfAGroupHoldForChangesToo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	admins, members := say(t, c, 2, "g:9", "a"), say(t, c, 3, "g:9", "b")
	appendEntry(t, c, "g:9", committer.Append{ID: "2", Settings: &committer.Settings{MutedAllUntil: time.Now().Add(time.Hour).UnixMilli()}})
	for _, what := range []committer.Change{edit(3, members, "x"), react(3, admins, "👍")} {
		_, err := change(c, "g:9", what)
		require.ErrorIs(t, err, errs.ErrMuted)
	}
	_, err := change(c, "g:9", edit(2, admins, "x", "all"))
	require.NoError(t, err, "admins are free of it")
	_, err = change(c, "g:9", recall(3, members))
	require.NoError(t, err, "who may not write may still recall")

	appendEntry(t, c, "g:9", committer.Append{ID: "3", Settings: &committer.Settings{MentionAllRole: committer.RoleOwner}})
	_, err = change(c, "g:9", edit(2, admins, "y", "all"))
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	_, err = change(c, "g:9", edit(2, admins, "y"))
	require.NoError(t, err)
}

func TestEdits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.team(c)
	seq := say(t, c, 3, "g:9", "m", "4")
	first, err := change(c, "g:9", edit(3, seq, "better", "1", "all"))
	require.NoError(t, err)
	again, err := change(c, "g:9", edit(3, seq, "better", "1", "all"))
	require.NoError(t, err)
	require.Equal(t, first.Seq, again.Seq)
	require.True(t, again.Repeated)
	target := b.at("g:9", seq)
	require.JSONEq(t, `{"text":"better"}`, string(target.GetContent()))
	require.Equal(t, []string{"1", "all"}, target.GetMentions())
	require.Equal(t, first.CreatedAt, target.GetEditedAt())
	require.JSONEq(t, fmt.Sprintf(`{"targetSeq":%d,"content":{"text":"better"}}`, seq), string(b.at("g:9", first.Seq).GetContent()))
	require.EqualValues(t, 2, b.rows(&imchat.MessageMention{}, "g:9"), "the old mention is gone")

	_, err = change(c, "g:9", edit(2, seq, "mine"))
	require.ErrorIs(t, err, errs.ErrForbidden, "nobody edits another's, admins neither")
	m, err := message.New("card", message.Card, []byte(`{"userId":"1"}`), 0, nil)
	require.NoError(t, err)
	card, err := c.Store(context.Background(), committer.Job{To: to("g:9"), Send: &committer.Send{Sender: 3, Message: m}})
	require.NoError(t, err)
	_, err = change(c, "g:9", edit(3, card.Seq, "text"))
	require.ErrorIs(t, err, errs.ErrInvalidArgument, "only a text becomes a text")
	b.age("g:9", seq, 25*time.Hour)
	_, err = change(c, "g:9", edit(3, seq, "late"))
	require.ErrorIs(t, err, errs.ErrEditWindowPassed)
	_, err = change(c, "g:9", recall(2, seq))
	require.NoError(t, err)
	_, err = change(c, "g:9", edit(3, seq, "after"))
	require.ErrorIs(t, err, errs.ErrMessageRecalled)
}

func TestReactionsAndPinsAreStoredOnceAndTakenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer(func(c *committer.Config) { c.Pins = 2 })
	b.team(c)
	seq := say(t, c, 3, "g:9", "m")
	for _, what := range []struct {
		change committer.Change
		stored bool
	}{
		{removed(react(3, seq, "👍")), false},
		{react(3, seq, "👍"), true},
		{react(3, seq, "👍"), false},
		{react(4, seq, "👍"), true},
		{react(3, seq, "👎"), true},
		{removed(react(3, seq, "👍")), true},
		{removed(react(3, seq, "👍")), false},
		{removed(pin(1, seq)), false},
		{pin(1, seq), true},
		{pin(2, seq), false},
		{removed(pin(2, seq)), true},
		{pin(2, seq), true},
	} {
		before, err := b.store.View(context.Background(), 1, "g:9")
		require.NoError(t, err)
		r, err := change(c, "g:9", what.change)
		require.NoError(t, err)
		require.Equal(t, what.stored, !r.Repeated, "%+v", what)
		after, err := b.store.View(context.Background(), 1, "g:9")
		require.NoError(t, err)
		require.Equal(t, what.stored, after.Head.MaxSeq == before.Head.MaxSeq+1, "%+v", what)
	}
	at := store.Place{ConversationID: "g:9", Seq: seq}
	found, err := b.store.Reactions(context.Background(), 3, []store.Place{at})
	require.NoError(t, err)
	require.Len(t, found[at], 2)
	require.Equal(t, "👍", found[at][0].Emoji, "the first one first")
	require.EqualValues(t, 1, found[at][0].Users)
	require.False(t, found[at][0].Mine)
	require.True(t, found[at][1].Mine)
	_, err = change(c, "g:9", pin(3, seq))
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	other, third := say(t, c, 3, "g:9", "other"), say(t, c, 3, "g:9", "third")
	_, err = change(c, "g:9", pin(1, other))
	require.NoError(t, err)
	_, err = change(c, "g:9", pin(1, third))
	require.ErrorIs(t, err, errs.ErrPinLimitReached)
	_, err = change(c, "g:9", recall(1, other))
	require.NoError(t, err)
	_, err = change(c, "g:9", pin(1, third))
	require.NoError(t, err, "a recall unpins")
	for _, what := range []committer.Change{react(1, other, "👍"), pin(1, other)} {
		_, err = change(c, "g:9", what)
		require.ErrorIs(t, err, errs.ErrMessageRecalled)
	}
}

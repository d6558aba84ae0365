package committer_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// handClock is a clock that a test moves.
type handClock struct{ ms atomic.Int64 }

func newHandClock() *handClock {
	c := &handClock{}
	c.ms.Store(1_700_000_000_000)
	return c
}

func (c *handClock) now() time.Time { return time.UnixMilli(c.ms.Load()) }

func (c *handClock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func updated(user int64, role string, mutedUntil int64) []*logpb.MemberChange {
	return []*logpb.MemberChange{{Kind: logpb.MemberChange_KIND_UPDATED, UserId: user, Role: role, MutedUntil: mutedUntil}}
}

// mention sends a text with mentions.
func mention(t testing.TB, c *committer.Committer, from model.UserID, id model.ConversationID, clientMsgID string, mentions ...string) error {
	t.Helper()
	m, err := message.New(clientMsgID, message.Text, []byte(`{"text":"hi"}`), 0, mentions)
	require.NoError(t, err)
	_, err = c.Store(context.Background(), committer.Job{To: to(id), Send: &committer.Send{Sender: from, Message: m}})
	return err
}

// ruled is a group of an owner (1), an admin (2) and a member (3), and two instances that share a clock.
type ruled struct {
	*bench
	clock     *handClock
	instances []*committer.Committer
	sent      int
}

func newRuled(t testing.TB) *ruled {
	t.Helper()
	b := newBench(t)
	r := &ruled{bench: b, clock: newHandClock()}
	b.clock = r.clock.now
	r.instances = []*committer.Committer{b.committer(), b.committer()}
	changes := joined(1, 2, 3)
	changes[0].Role, changes[1].Role = committer.RoleOwner, committer.RoleAdmin
	r.append(committer.Append{Creates: true, Changes: changes})
	return r
}

const ruledGroup = model.ConversationID("g:9")

func (r *ruled) instance() *committer.Committer {
	r.sent++
	return r.instances[r.sent%len(r.instances)]
}

func (r *ruled) append(a committer.Append) {
	r.t.Helper()
	c := r.instance()
	a.ID = fmt.Sprint("a", r.sent)
	appendEntry(r.t, c, ruledGroup, a)
}

func (r *ruled) set(s committer.Settings) { r.append(committer.Append{Settings: &s}) }

func (r *ruled) send(from model.UserID, mentions ...string) error {
	r.t.Helper()
	c := r.instance()
	return mention(r.t, c, from, ruledGroup, fmt.Sprint("m", r.sent), mentions...)
}

// refused requires a refusal that says when to come back.
func (r *ruled) refused(err error, want *errs.Error, after time.Duration) {
	r.t.Helper()
	require.ErrorIs(r.t, err, want)
	require.Equal(r.t, after, errs.From(err).RetryAfter)
}

func TestAMuteEndsByItselfAndSaysWhen(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	until := r.clock.now().Add(time.Hour).UnixMilli()
	r.append(committer.Append{Changes: updated(3, committer.RoleMember, until)})
	r.clock.advance(10 * time.Minute)
	err := r.send(3)
	r.refused(err, errs.ErrMuted, 50*time.Minute)
	require.False(t, errs.Retryable(err))
	require.Contains(t, errs.From(err).Message, fmt.Sprint(until))
	r.clock.advance(50*time.Minute - time.Millisecond)
	r.refused(r.send(3), errs.ErrMuted, time.Millisecond)
	r.clock.advance(time.Millisecond)
	require.NoError(t, r.send(3))
	r.append(committer.Append{Changes: updated(3, committer.RoleMember, 1<<62)})
	require.ErrorIs(t, r.send(3), errs.ErrMuted)
	require.Positive(t, errs.From(r.send(3)).RetryAfter, "for ever is not before now")
	r.append(committer.Append{Changes: updated(3, committer.RoleMember, 0)})
	require.NoError(t, r.send(3))
}

func TestAMuteOfAllSparesAdminsAndTheOwner(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	r.set(committer.Settings{MutedAllUntil: r.clock.now().Add(time.Minute).UnixMilli()})
	r.refused(r.send(3), errs.ErrMuted, time.Minute)
	require.NoError(t, r.send(1))
	require.NoError(t, r.send(2))
	r.append(committer.Append{Changes: updated(2, committer.RoleMember, 0)})
	r.refused(r.send(2), errs.ErrMuted, time.Minute)
	r.append(committer.Append{Changes: updated(3, committer.RoleAdmin, 0)})
	require.NoError(t, r.send(3))
	r.append(committer.Append{})
	r.refused(r.send(2), errs.ErrMuted, time.Minute)
	r.set(committer.Settings{})
	require.NoError(t, r.send(2))
}

func TestOnlyTheRoleThatMayMentionsAll(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	for _, tc := range []struct {
		role    string
		allowed []model.UserID
	}{
		{"", []model.UserID{1, 2}},
		{committer.RoleAdmin, []model.UserID{1, 2}},
		{committer.RoleOwner, []model.UserID{1}},
		{committer.RoleMember, []model.UserID{1, 2, 3}},
	} {
		r.set(committer.Settings{MentionAllRole: tc.role})
		for user := range model.UserID(3) {
			err := r.send(user+1, message.MentionAll)
			if int(user) < len(tc.allowed) {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
			}
			require.NoError(t, r.send(user+1, "3", "4", "999"), "whoever is mentioned, members or not")
		}
	}
}

func TestSlowModeHoldsAcrossInstancesAndRestarts(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	r.set(committer.Settings{SlowModeSeconds: 30})
	require.NoError(t, r.send(3))
	for range 4 { // both instances
		r.refused(r.send(3), errs.ErrRateLimited, 30*time.Second)
		require.NoError(t, r.send(1))
		require.NoError(t, r.send(2))
	}
	r.clock.advance(20 * time.Second)
	r.instances = []*committer.Committer{r.committer()}
	r.refused(r.send(3), errs.ErrRateLimited, 10*time.Second)
	r.append(committer.Append{Changes: left(3)})
	r.append(committer.Append{Changes: joined(3)})
	r.refused(r.send(3), errs.ErrRateLimited, 10*time.Second)
	r.clock.advance(10 * time.Second)
	require.NoError(t, r.send(3))
	r.set(committer.Settings{})
	require.NoError(t, r.send(3))
	require.NoError(t, r.send(3))
	r.set(committer.Settings{SlowModeSeconds: 5})
	r.refused(r.send(3), errs.ErrRateLimited, 5*time.Second)
}

func TestSlowModeInsideOneBatchAndForRetries(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	r.set(committer.Settings{SlowModeSeconds: 30})
	c := r.instances[0]
	got := r.inOneBatch(c, sendJob(t, 3, ruledGroup, "a"), sendJob(t, 3, ruledGroup, "b"), sendJob(t, 2, ruledGroup, "c"))
	require.NoError(t, got[0].err)
	require.ErrorIs(t, got[1].err, errs.ErrRateLimited)
	require.NoError(t, got[2].err)
	again, err := send(t, c, 3, ruledGroup, "a", "hello")
	require.NoError(t, err, "a retry is no second message")
	require.Equal(t, got[0].Seq, again.Seq)
	r.clock.advance(30 * time.Second)
	got = r.inOneBatch(c, sendJob(t, 3, ruledGroup, "a"), sendJob(t, 3, ruledGroup, "b"))
	require.NoError(t, got[0].err)
	require.NoError(t, got[1].err, "nor does it keep the next one waiting")
	require.ErrorIs(t, r.send(3), errs.ErrRateLimited)
}

func TestRightsEndWithTheEntryThatTakesThem(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	all := func(from model.UserID, id string) *committer.Job {
		m, err := message.New(id, message.Text, []byte(`{"text":"hi"}`), 0, []string{message.MentionAll})
		require.NoError(t, err)
		return &committer.Job{To: to(ruledGroup), Send: &committer.Send{Sender: from, Message: m}}
	}
	muteAll := &committer.Settings{MutedAllUntil: r.clock.now().Add(time.Hour).UnixMilli()}
	got := r.inOneBatch(r.instances[0],
		all(2, "1"),
		appendJob(ruledGroup, committer.Append{ID: "demote", Changes: updated(2, committer.RoleMember, 0)}),
		all(2, "2"),
		sendJob(t, 2, ruledGroup, "3"),
		appendJob(ruledGroup, committer.Append{ID: "mute", Settings: muteAll}),
		sendJob(t, 2, ruledGroup, "4"),
		all(1, "5"),
	)
	for i, want := range []error{nil, nil, errs.ErrNotGroupAdmin, nil, nil, errs.ErrMuted, nil} {
		if want == nil {
			require.NoError(t, got[i].err, "job %d", i)
		} else {
			require.ErrorIs(t, got[i].err, want, "job %d", i)
		}
	}
	for range 2 {
		require.ErrorIs(t, r.send(2), errs.ErrMuted)
	}
}

func TestAFormerMemberKeepsTheMentionsOfItsWindowAndGetsNoLaterOnes(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	require.NoError(t, r.send(1, message.MentionAll)) // seq 2
	r.append(committer.Append{Changes: left(3)})      // seq 3
	require.NoError(t, r.send(1, message.MentionAll))
	v, err := r.store.View(t.Context(), 3, string(ruledGroup))
	require.NoError(t, err)
	require.EqualValues(t, 2, v.MentionSeq)
}

// TestEditsDoNotGetRoundSlowMode: what was just said may be mended once; every other edit counts as a message.
func TestEditsDoNotGetRoundSlowMode(t *testing.T) {
	t.Parallel()
	r := newRuled(t)
	says := func(from model.UserID) int64 {
		r.sent++
		return say(t, r.instance(), from, ruledGroup, fmt.Sprint("s", r.sent))
	}
	edits := func(user model.UserID, seq int64) error {
		r.sent++
		_, err := change(r.instance(), ruledGroup, edit(user, seq, fmt.Sprintf("edited %d", r.sent)))
		return err
	}
	old := says(3)
	r.clock.advance(time.Millisecond)
	r.set(committer.Settings{SlowModeSeconds: 60})
	require.NoError(t, edits(3, old))
	r.refused(edits(3, old), errs.ErrRateLimited, time.Minute-time.Millisecond)
	r.clock.advance(time.Hour)
	newer := says(3)
	require.NoError(t, edits(3, newer))
	for _, seq := range []int64{newer, old} {
		r.refused(edits(3, seq), errs.ErrRateLimited, time.Minute)
	}
	r.clock.advance(time.Minute)
	require.NoError(t, edits(3, old))
	r.refused(r.send(3), errs.ErrRateLimited, time.Minute)
	r.refused(edits(3, newer), errs.ErrRateLimited, time.Minute)
	r.clock.advance(time.Minute)
	require.NoError(t, r.send(3))
	admins := says(2)
	for range 3 {
		require.NoError(t, edits(2, admins))
	}
	r.set(committer.Settings{})
	require.NoError(t, edits(3, old))
	require.NoError(t, edits(3, old))
}

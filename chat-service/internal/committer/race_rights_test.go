package committer_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// mutes silences user 3 and lets it speak, and sends after each.
func (r *race) mutes(id model.ConversationID, rounds int) {
	for i := range rounds {
		r.append(id, committer.Append{ID: fmt.Sprint("mute-", i), Changes: updated(3, committer.RoleMember, 1<<60)})
		r.expect("after a mute", r.try(3, id, fmt.Sprint("muted-", i)), errs.ErrMuted)
		r.append(id, committer.Append{ID: fmt.Sprint("unmute-", i), Changes: updated(3, committer.RoleMember, 0)})
		r.expect("after its end", r.try(3, id, fmt.Sprint("speaks-", i)), nil)
	}
}

// demotes makes user 2 an admin and takes it back, and mentions all after each; in a group where everybody else is mute.
func (r *race) demotes(id model.ConversationID, rounds int) {
	for i := range rounds {
		r.append(id, committer.Append{ID: fmt.Sprint("promote-", i), Changes: updated(2, committer.RoleAdmin, 0)})
		r.expect("an admin among the mute", r.try(2, id, fmt.Sprint("admin-", i)), nil)
		r.append(id, committer.Append{ID: fmt.Sprint("demote-", i), Changes: updated(2, committer.RoleMember, 0)})
		r.expect("after a demotion", r.try(2, id, fmt.Sprint("member-", i)), errs.ErrMuted)
	}
}

// hurries sends as a user in slow mode without a pause, and answers how many were stored.
func (r *race) hurries(from model.UserID, id model.ConversationID, rounds int) (stored int) {
	for i := range rounds {
		if err := r.try(from, id, fmt.Sprint("hurry-", i)); err != nil {
			r.expect("in slow mode", err, errs.ErrRateLimited)
		} else {
			stored++
		}
	}
	return stored
}

// requirePaced checks that a log has no two messages of a member nearer than slow mode allows.
func (r *race) requirePaced(id model.ConversationID, slow int64) {
	r.t.Helper()
	var rows []imchat.Message
	require.NoError(r.t, r.db.Order("seq").Find(&rows, "conversation_id = ? AND type <> ?", id, message.System).Error)
	last := map[int64]int64{}
	for _, m := range rows {
		if at, known := last[m.SenderID]; known {
			require.GreaterOrEqual(r.t, m.CreatedAt-at, slow, "user %d at seq %d", m.SenderID, m.Seq)
		}
		last[m.SenderID] = m.CreatedAt
	}
}

func TestInstancesThatRaceStoreNothingThatAMuteADemotionOrSlowModeForbids(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var now atomic.Int64
	now.Store(1_700_000_000_000)
	b.clock = func() time.Time { return time.UnixMilli(now.Add(20)) } // time goes on as instances look
	r := &race{bench: b, stored: map[store.Sent]int64{}, refused: map[store.Sent]bool{}}
	for range 3 {
		r.instances = append(r.instances, b.committer(func(c *committer.Config) { c.LargeGroup, c.CachedHeads = 2, 3 }))
	}
	const muted, quiet, slow, rounds = model.ConversationID("g:1"), model.ConversationID("g:2"), model.ConversationID("g:3"), 40
	r.append(muted, committer.Append{ID: "create", Creates: true, Changes: joined(1, 2, 3)})
	founders := joined(1, 2, 3)
	founders[0].Role = committer.RoleOwner
	r.append(quiet, committer.Append{
		ID: "create", Creates: true, Changes: founders, Settings: &committer.Settings{MutedAllUntil: 1 << 60},
	})
	r.append(slow, committer.Append{
		ID: "create", Creates: true, Changes: founders, Settings: &committer.Settings{SlowModeSeconds: 2},
	})
	var wg, faults sync.WaitGroup
	ctx, healed := context.WithCancel(context.Background())
	var paced atomic.Int64
	wg.Go(func() { r.mutes(muted, rounds) })
	wg.Go(func() { r.demotes(quiet, rounds) })
	wg.Go(func() { r.chats(1, rounds, muted, quiet, slow) })
	for _, user := range []model.UserID{2, 3} {
		wg.Go(func() { paced.Add(int64(r.hurries(user, slow, 5*rounds))) })
	}
	faults.Go(func() { r.kill(ctx) })
	wg.Wait()
	healed()
	faults.Wait()
	for _, id := range []model.ConversationID{muted, quiet, slow} {
		r.requireLog(id)
	}
	require.Greater(t, paced.Load(), int64(2), "slow mode ends")
	head := imchat.Conversation{}
	require.NoError(t, b.db.Take(&head, "id = ?", slow).Error)
	require.EqualValues(t, 2, head.SlowModeSeconds)
	b.db.Model(&imchat.Message{}).Where("conversation_id = ? AND sender_id = ?", slow, 1).Update("type", message.System) // the owner is free of it
	r.requirePaced(slow, 2000)
}

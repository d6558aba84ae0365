package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/proxytest"
)

// missed makes a person with some single conversations in which it has missed so many messages since a device of it was there,
// the device's store, and how many messages of each conversation are missing.
func missed(t *testing.T, conversations, messages int) (me *person, ids []string, store *imclient.MemoryStore) {
	t.Helper()
	me = newPerson(t)
	var writers []*watcher
	for i := range conversations {
		other := newPerson(t)
		befriend(t, other, me)
		ids = append(ids, single(me, other))
		writers = append(writers, other.watch(i, nil))
	}
	store = &imclient.MemoryStore{}
	before := me.watch(0, store)
	eventually(t, "the beginnings", func(context.Context) bool {
		for _, id := range ids {
			if len(before.seen(id)) == 0 {
				return false
			}
		}
		return true
	})
	before.stop()
	var writing sync.WaitGroup
	const atOnce = 50
	for k := range atOnce {
		writing.Go(func() {
			for n := k; n < messages; n += atOnce {
				m := imclient.Text(fmt.Sprint(n))
				m.ConversationID = ids[n%conversations]
				_, err := writers[n%conversations].Send(t.Context(), m)
				require.NoError(t, err)
			}
		})
	}
	writing.Wait()
	for _, w := range writers {
		w.stop()
	}
	return me, ids, store
}

func TestWhatWasMissedIsRecoveredThroughConnectionsThatBreakAnywhere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ conversations, messages int }{
		{1, 0}, {1, 1}, {1, 24}, {1, 25}, {1, 100}, {1, 101}, {1, 10_001}, {50, 24}, {50, 101}, {50, 10_001},
	} {
		t.Run(fmt.Sprintf("%d over %d", tc.messages, tc.conversations), func(t *testing.T) {
			t.Parallel()
			me, ids, store := missed(t, tc.conversations, tc.messages)
			proxy := proxytest.Start(t, strings.TrimSuffix(strings.TrimPrefix(sys.WSURLs()[0], "ws://"), "/ws"))
			random := rand.New(rand.NewPCG(uint64(tc.messages), uint64(tc.conversations))) // the same cuts each time
			grown := 200
			proxy.CutAfter(func() int {
				grown += grown / 8 // so that it ends
				return random.IntN(grown)
			})
			url := "ws://" + proxy.Addr() + "/ws"
			again := me.watchAt(url, store)
			fresh := me.another("ios").watchAt(url, nil)
			const live = 20
			for n := range live { // while both catch up
				me.say(ids[n%len(ids)], "live")
			}
			for i, id := range ids {
				log := me.history(id)
				share := (tc.messages-i+tc.conversations-1)/tc.conversations + (live-i+len(ids)-1)/len(ids)
				require.Len(t, seqsOf(log), 1+share)
				eventually(t, "all of "+id, func(context.Context) bool {
					return len(again.seen(id)) >= len(log)-1 && len(fresh.seen(id)) >= len(log)
				})
				require.Equal(t, seqsOf(log)[1:], seqsOf(again.seen(id)), "each once, in order, without what it had")
				require.Equal(t, log, fresh.seen(id))
			}
			require.Positive(t, again.lost()+fresh.lost(), "connections broke")
		})
	}
}

func TestNothingIsLostWhenRedisIsFlushedInTheMiddleOfTraffic(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	_, id := group(t, p[0], p[1:]...)
	var watchers []*watcher
	for i, one := range p {
		watchers = append(watchers, one.watch(i, nil))
	}
	const each = 60
	var writing sync.WaitGroup
	for i, one := range p {
		writing.Go(func() {
			for n := range each {
				one.say(id, fmt.Sprint(i, " ", n))
				if i == 0 && n%20 == 10 {
					forgetRoutes(t)
				}
				if i == 1 && n%10 == 5 { // a device that comes in between
					w := one.watch(n, nil)
					eventually(t, "what was there", func(context.Context) bool { return len(w.seen(id)) > n })
					w.stop()
				}
			}
		})
	}
	writing.Wait()
	log := p[0].history(id)
	requireRun(t, log, 1, 1+each*len(p))
	requireSeen(t, id, log, watchers...)
	requireSeen(t, id, log, p[2].watch(1, nil))
}

func TestDevicesConvergeToOneStateWhateverTheyChange(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 20 {
		b.say(id, "hello")
	}
	devices := []*person{a, a.another("ios"), a.another("android")}
	since := make([]string, len(devices))
	for i, d := range devices {
		page, err := d.Sync(t.Context(), "", 0)
		require.NoError(t, err)
		since[i] = page.NextSince
	}
	var changing sync.WaitGroup
	for i, d := range devices {
		changing.Go(func() {
			for n := range 15 {
				var err error
				switch (n + i) % 5 {
				case 0:
					_, err = d.UpdateConversation(t.Context(), id, imclient.ConversationChange{Pinned: ptr(n%2 == 0), Draft: ptr(fmt.Sprint(i, n))})
				case 1:
					err = d.MarkRead(t.Context(), id, int64(n+i))
				case 2:
					_, err = d.UpdateConversation(t.Context(), id, imclient.ConversationChange{MarkedUnread: ptr(true), Archived: ptr(n%2 == 1)})
				case 3:
					err = d.DeleteMessages(t.Context(), id, int64(n+1), int64(n+2))
				case 4:
					err = d.HideConversation(t.Context(), id)
				}
				require.NoError(t, err)
				if n == 7 { // in the middle
					page, err := d.Sync(t.Context(), since[i], 0)
					require.NoError(t, err)
					since[i] = page.NextSince
				}
			}
		})
	}
	changing.Wait()
	want := a.conversation(id)
	for i, d := range devices {
		page, err := d.Sync(t.Context(), since[i], 0)
		require.NoError(t, err)
		require.Len(t, page.Conversations, 1)
		got := page.Conversations[0].Conversation
		got.UpdatedAt = want.UpdatedAt // of a page it is the place in the sync
		require.Equal(t, want, got)
	}
}

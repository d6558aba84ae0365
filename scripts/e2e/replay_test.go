package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// changeAtRandom makes one random send or change of a conversation that has up to so many entries. What it may not do is
// refused, which changes nothing either.
func (p *person) changeAtRandom(r *rand.Rand, id string, upTo int64) error {
	ctx, seq := p.t.Context(), 1+r.Int64N(upTo)
	emoji := []string{"👍", "👎", ":a:", "❤️"}[r.IntN(4)]
	switch r.IntN(10) {
	case 0, 1, 2:
		m := imclient.Text(fmt.Sprint("text ", r.Int()))
		m.ConversationID = id
		if r.IntN(3) == 0 {
			m.Mentions = []string{"all"}
		}
		_, err := p.SendMessage(ctx, m)
		return err
	case 3, 4:
		_, err := p.Edit(ctx, id, seq, map[string]string{"text": fmt.Sprint("edit ", r.IntN(3))})
		return err
	case 5:
		_, err := p.Recall(ctx, id, seq)
		return err
	case 6, 7:
		return p.React(ctx, id, seq, emoji)
	case 8:
		return p.Unreact(ctx, id, seq, emoji)
	}
	if r.IntN(2) == 0 {
		return p.Pin(ctx, id, seq)
	}
	return p.Unpin(ctx, id, seq)
}

// transcript is what a device that got these entries shows.
func (w *watcher) transcript(me, id string) *imclient.Transcript {
	t := imclient.NewTranscript(me)
	for _, m := range w.seen(id) {
		t.Apply(m)
	}
	return t
}

// requireSame compares what a device shows with the log as the server has it.
func requireSame(t testing.TB, reader *person, id string, shown *imclient.Transcript, name string) {
	t.Helper()
	log := reader.history(id)
	for _, want := range log {
		got, isMessage := shown.Message(want.Seq)
		if !isMessage {
			require.Contains(t, []string{"system", "recall", "edit", "reaction", "pin"}, want.Type, name)
			continue
		}
		one, err := json.Marshal(got)
		require.NoError(t, err)
		other, err := json.Marshal(want)
		require.NoError(t, err)
		require.JSONEq(t, string(other), string(one), "%s: seq %d", name, want.Seq)
	}
	pins, err := reader.Pins(t.Context(), id)
	require.NoError(t, err)
	pinned := []int64{}
	for _, p := range pins {
		pinned = append(pinned, p.Message.Seq)
	}
	require.ElementsMatch(t, pinned, shown.Pinned(), name)
}

func TestADeviceThatWasAwayEndsLikeOneThatWasThere(t *testing.T) {
	t.Parallel()
	for range 4 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			replay(t, seed)
		})
	}
}

// replay lets three people change a conversation, while one device of a member is there, and another comes in the middle, leaves
// and comes back.
func replay(t *testing.T, seed uint64) {
	t.Helper()
	p := people(t, 3)
	_, id := group(t, p[0], p[1], p[2])
	me, phone, store := p[1], p[1].another("ios"), &imclient.MemoryStore{}
	live := me.watch(0, nil)
	upTo := me.say(id, "the first").Seq
	upTo = changeAtOnce(t, p, seed, id, upTo)
	first := make(chan *watcher, 1)
	var coming sync.WaitGroup
	coming.Go(func() { first <- phone.watch(1, store) })
	upTo = changeAtOnce(t, p, seed+1, id, upTo)
	coming.Wait()
	visit := <-first
	eventually(t, "the phone has caught up", watched(visit, id, upTo))
	visit.stop()
	m := imclient.Text("the last but one")
	changeAtOnce(t, p, seed+2, id, upTo)
	m.ConversationID = id
	sent, err := p[2].SendMessage(t.Context(), m)
	require.NoError(t, err)
	upTo = sent.Seq
	back := phone.watch(1, store)
	eventually(t, "the phone is back", watched(back, id, upTo))
	eventually(t, "the live device has everything", watched(live, id, upTo))

	requireSame(t, me, id, live.transcript(me.id, id), "live")
	replayed := visit.transcript(me.id, id)
	for _, m := range back.seen(id) {
		replayed.Apply(m)
	}
	requireSame(t, me, id, replayed, "away and back")
	fresh := me.another("android").watch(0, nil)
	eventually(t, "a new device has everything", watched(fresh, id, upTo))
	requireSame(t, me, id, fresh.transcript(me.id, id), "new")
	requireSame(t, p[2], id, p[2].replayed(id), "another member, page by page")
}

// changeAtOnce has everybody make random changes at the same time and answers the seq of the last one.
func changeAtOnce(t *testing.T, p []*person, seed uint64, id string, upTo int64) int64 {
	t.Helper()
	var changing sync.WaitGroup
	for i, one := range p {
		changing.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for range 25 {
				err := one.changeAtRandom(r, id, upTo+5)
				var refused *imclient.APIError
				if err != nil && (!errors.As(err, &refused) || refused.Status >= 500) {
					require.NoError(t, err)
				}
			}
		})
	}
	changing.Wait()
	log := p[0].history(id)
	return log[len(log)-1].Seq
}

// replayed is the transcript of somebody who reads the history in small pages.
func (p *person) replayed(id string) *imclient.Transcript {
	p.t.Helper()
	shown := imclient.NewTranscript(p.id)
	for after := int64(0); ; {
		page, err := p.HistoryAfter(p.t.Context(), id, after, 7)
		require.NoError(p.t, err)
		for _, m := range page.Items {
			shown.Apply(m)
			after = m.Seq
		}
		if !page.HasMore {
			return shown
		}
	}
}

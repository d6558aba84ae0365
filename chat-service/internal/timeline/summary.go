package timeline

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

// summaryTimeout bounds what names and pictures may cost; without them the list is still right.
const summaryTimeout = time.Second

// summaryBatch is how many the other services answer at a time.
const summaryBatch = 200

// describe adds to views what clients show beside them, with a fixed number of round trips; last entries that the user has
// deleted for itself cost more.
func (t *Timeline) describe(ctx context.Context, user model.UserID, views []*store.View) ([]*Conversation, error) {
	list := make([]*Conversation, 0, len(views))
	var withDeletions []*store.View
	for _, v := range views {
		parsed, err := model.ParseConversationID(v.ConversationID)
		if err != nil {
			return nil, errs.ErrInternal.Because(err)
		}
		if v.DeletionsAt > 0 {
			withDeletions = append(withDeletions, v)
		}
		list = append(list, &Conversation{
			ID: v.ConversationID, Parsed: parsed, View: v, Unread: v.Unread(),
		})
	}
	gone, err := t.store.CountDeletedUnread(ctx, user, withDeletions)
	if err != nil {
		return nil, err
	}
	last, err := t.lastEntries(ctx, user, views, len(withDeletions) > 0)
	if err != nil {
		return nil, err
	}
	mentions, err := t.mentions(ctx, user, views)
	if err != nil {
		return nil, err
	}
	peers, err := t.store.PeerMarks(ctx, peersOf(user, list))
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		c.Unread = max(0, c.Unread-gone[c.ID])
		c.Last = last[c.ID]
		c.Their = peers[c.ID]
		c.Mentions, c.FirstMention = mentions[c.ID].Messages, mentions[c.ID].First
	}
	t.summarise(ctx, user, list)
	return list, t.dress(ctx, user, dressingsOf(list))
}

// dressingsOf are the last entries of conversations.
func dressingsOf(list []*Conversation) []dressing {
	dressings := make([]dressing, 0, len(list))
	for _, c := range list {
		if c.Last != nil {
			dressings = append(dressings, dressing{c.View, []*logpb.Entry{c.Last}})
		}
	}
	return dressings
}

// mentions counts unread mentions. Only conversations are read that had a mention after the read position.
func (t *Timeline) mentions(ctx context.Context, user model.UserID, views []*store.View) (map[string]store.Mentioned, error) {
	var ids []string
	for _, v := range views {
		if max(v.MentionSeq, v.Head.MentionAllSeq) > v.ReadSeq {
			ids = append(ids, v.ConversationID)
		}
	}
	return t.store.Mentions(ctx, user, ids)
}

// lastEntries answers the last entry of each conversation that the user may see and has neither cleared nor deleted.
func (t *Timeline) lastEntries(ctx context.Context, user model.UserID, views []*store.View, deletions bool) (map[string]*logpb.Entry, error) {
	var places []store.Place
	for _, v := range views {
		if seq := v.Visible(); sees(v, seq) {
			places = append(places, store.Place{ConversationID: v.ConversationID, Seq: seq})
		}
	}
	found, err := t.store.EntriesAt(ctx, places)
	if err != nil {
		return nil, err
	}
	last := make(map[string]*logpb.Entry, len(found))
	for at, e := range found {
		last[at.ConversationID] = e
	}
	if !deletions {
		return last, nil
	}
	deleted, err := t.store.DeletedAmong(ctx, user, places)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		if !deleted[store.Place{ConversationID: v.ConversationID, Seq: v.Visible()}] {
			continue
		}
		entries, _, err := t.read(ctx, v, 1, v.Visible(), 1, true)
		if err != nil {
			return nil, err
		}
		delete(last, v.ConversationID)
		if len(entries) > 0 {
			last[v.ConversationID] = entries[0]
		}
	}
	return last, nil
}

// peersOf are the rows of the peers of single conversations.
func peersOf(me model.UserID, list []*Conversation) []store.Membership {
	var peers []store.Membership
	for _, c := range list {
		if c.Parsed.Type == model.Single {
			peers = append(peers, store.Membership{UserID: int64(c.Parsed.Peer(me)), ConversationID: c.ID})
		}
	}
	return peers
}

// summarise asks user-service and group-service for what stands beside the conversations. What does not answer is left out: a
// list of conversations must not depend on them.
func (t *Timeline) summarise(ctx context.Context, me model.UserID, list []*Conversation) {
	ctx, cancel := context.WithTimeout(ctx, summaryTimeout)
	defer cancel()
	var users, groups []int64
	for _, c := range list {
		switch c.Parsed.Type {
		case model.Single:
			users = append(users, int64(c.Parsed.Peer(me)))
		case model.Group:
			groups = append(groups, int64(c.Parsed.Group))
		case model.Notification:
		}
	}
	var usersByID map[int64]*userpb.User
	var groupsByID map[int64]*grouppb.Group
	var asking errgroup.Group
	asking.Go(func() error { usersByID = getAll(ctx, t.users, users); return nil })
	asking.Go(func() error { groupsByID = getAll(ctx, t.groups, groups); return nil })
	_ = asking.Wait() // neither fails
	for _, c := range list {
		c.Peer = usersByID[int64(c.Parsed.Peer(me))]
		c.Group = groupsByID[int64(c.Parsed.Group)]
	}
}

func getAll[V any](ctx context.Context, n *names[V], ids []int64) map[int64]V {
	all := make(map[int64]V, len(ids))
	for some := range slices.Chunk(ids, summaryBatch) {
		for id, v := range n.get(ctx, some) {
			all[id] = v
		}
	}
	return all
}

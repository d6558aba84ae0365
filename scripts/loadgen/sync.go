package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"im-backend/common/imclient"
)

// catching is what a connection does until it has everything that it missed: pages are asked for, one after the other, and what
// is pushed meanwhile waits.
type catching struct {
	queued []entry
	pages  int
}

// conversationsPerPage and entriesPerConversation are the most that one sync answers.
const (
	conversationsPerPage   = 200
	entriesPerConversation = 200
)

// named is a conversation that a sync names, and what the connection has of it.
type named struct {
	ConversationID string `json:"conversationId"`
	AfterSeq       int64  `json:"afterSeq"`
	Limit          int    `json:"limit"`
}

// catchUp reads what the connection misses and returns when it has everything; it answers how many pages that took.
func (s *socket) catchUp(ctx context.Context) (pages int, err error) {
	s.mu.Lock()
	if s.catching == nil {
		s.catching = &catching{}
	}
	c := s.catching
	s.mu.Unlock()
	err = s.readPages(ctx, s.held, func(page *imclient.SyncPage) bool { return s.takePage(c, page) })
	if err != nil {
		return 0, err
	}
	return c.pages, nil
}

// startAtHead takes up every conversation where it stands, without reading what is there.
func (s *socket) startAtHead(ctx context.Context) error {
	return s.readPages(ctx, func() []named { return nil }, s.skipPage)
}

// readPages asks for page after page of a sync until take wants no more of them. ask answers the conversations to name; it and
// take run on the reader's goroutine, but for the first ask.
func (s *socket) readPages(ctx context.Context, ask func() []named, take func(*imclient.SyncPage) (more bool)) error {
	done := make(chan error, 1)
	var next func()
	next = func() {
		s.askPage(ask(), func(page *imclient.SyncPage, err error) {
			if err == nil && take(page) {
				next()
				return
			}
			done <- err
		})
	}
	next()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("sync: %w", ctx.Err())
	}
}

// askPage asks for what came after the last page; done runs as that of request does.
func (s *socket) askPage(conversations []named, done func(*imclient.SyncPage, error)) {
	data, err := json.Marshal(struct {
		Since         string  `json:"since,omitempty"`
		Limit         int     `json:"limit"`
		Conversations []named `json:"conversations,omitempty"`
	}{s.synced, conversationsPerPage, conversations})
	if err != nil {
		done(nil, fmt.Errorf("encode sync: %w", err))
		return
	}
	s.request("sync", data, func(a *answer) {
		page, err := pageOf(a)
		if err == nil {
			s.synced = page.NextSince
		}
		done(page, err)
	})
}

func pageOf(a *answer) (*imclient.SyncPage, error) {
	switch {
	case a.lost:
		return nil, errClosed
	case a.reason != "":
		return nil, fmt.Errorf("sync: %w: %s", errFailed, a.reason)
	}
	page := &imclient.SyncPage{}
	if err := json.Unmarshal(a.data, page); err != nil {
		return nil, fmt.Errorf("decode sync: %w", err)
	}
	return page, nil
}

// held names what the connection has of its conversations, as many as a sync takes.
func (s *socket) held() (conversations []named) {
	for id, p := range s.positions {
		if p.seq >= 0 && len(conversations) < conversationsPerPage {
			conversations = append(conversations, named{id, p.seq, entriesPerConversation})
		}
	}
	return conversations
}

// takePage takes the entries of a page, and after the last page those that were pushed meanwhile.
func (s *socket) takePage(c *catching, page *imclient.SyncPage) (more bool) {
	c.pages++
	more = page.More
	for _, conversation := range page.Conversations {
		more = s.takeConversation(conversation) || more
	}
	if more {
		return true
	}
	s.mu.Lock()
	s.catching = nil
	s.mu.Unlock()
	for i := range c.queued {
		s.receive(&c.queued[i])
	}
	return false
}

// skipPage takes the heads of a page as what the connection has.
func (s *socket) skipPage(page *imclient.SyncPage) (more bool) {
	for _, c := range page.Conversations {
		p := s.positions[c.ConversationID]
		if p == nil {
			p = &position{log: s.world.ledger.log(c.ConversationID)}
			s.positions[c.ConversationID] = p
		}
		p.seq = max(p.seq, c.MaxSeq)
		p.head = p.seq
	}
	return page.More
}

// takeConversation takes a conversation's entries and reports whether it has more that the connection misses.
func (s *socket) takeConversation(c imclient.SyncConversation) (more bool) {
	p := s.positions[c.ConversationID]
	if p == nil { // what it has from the start is asked for by name
		p = &position{log: s.world.ledger.log(c.ConversationID), seq: max(c.MinSeq-1, 0)}
		s.positions[c.ConversationID] = p
	}
	if len(c.Messages) > 0 && c.Messages[0].Seq > p.seq+1 {
		return true
	}
	for _, m := range c.Messages {
		if m.Seq > p.seq {
			s.receive(&entry{conversation: []byte(m.ConversationID), seq: m.Seq, clientMsgID: []byte(m.ClientMsgID), at: time.Now()})
		}
	}
	return p.seq < c.MaxSeq
}

// hold keeps an entry that was pushed during a catch-up for its end; false when there is none.
func (s *socket) hold(e *entry) bool {
	s.mu.Lock()
	c := s.catching
	s.mu.Unlock()
	if c == nil {
		return false
	}
	own := *e
	own.conversation, own.clientMsgID = bytes.Clone(e.conversation), bytes.Clone(e.clientMsgID)
	c.queued = append(c.queued, own)
	return true
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"im-backend/common/imclient"
)

// catching is what a connection does until it has everything that it missed: pages are asked for, one after the other, and what
// is pushed meanwhile waits.
type catching struct {
	queued []entry
	pages  int
	done   chan error // buffered
}

// conversationsPerPage and entriesPerConversation are the most that one sync answers.
const (
	conversationsPerPage   = 200
	entriesPerConversation = 200
)

// catchUp reads what the connection misses and returns when it has everything; it answers how many pages that took.
func (s *socket) catchUp(ctx context.Context) (pages int, err error) {
	c := &catching{done: make(chan error, 1)}
	s.mu.Lock()
	s.catching = c
	s.mu.Unlock()
	s.askPage(c)
	select {
	case err := <-c.done:
		return c.pages, err
	case <-ctx.Done():
		return 0, fmt.Errorf("sync: %w", ctx.Err())
	}
}

// askPage asks for the entries after every position. It runs before the first answer, or on the reader's goroutine.
func (s *socket) askPage(c *catching) {
	type named struct {
		ConversationID string `json:"conversationId"`
		AfterSeq       int64  `json:"afterSeq"`
		Limit          int    `json:"limit"`
	}
	ask := struct {
		Since         string  `json:"since,omitempty"`
		Limit         int     `json:"limit"`
		Conversations []named `json:"conversations,omitempty"`
	}{Since: s.synced, Limit: conversationsPerPage}
	for id, p := range s.positions {
		if p.seq >= 0 && len(ask.Conversations) < conversationsPerPage {
			ask.Conversations = append(ask.Conversations, named{id, p.seq, entriesPerConversation})
		}
	}
	data, err := json.Marshal(ask)
	if err != nil {
		c.done <- fmt.Errorf("encode sync: %w", err)
		return
	}
	s.request("sync", data, func(a *answer) { s.takePage(c, a) })
}

// takePage takes a page on the reader's goroutine.
func (s *socket) takePage(c *catching, a *answer) {
	switch {
	case a.lost:
		c.done <- errClosed
		return
	case a.reason != "":
		c.done <- fmt.Errorf("sync: %w: %s", errFailed, a.reason)
		return
	}
	var page imclient.SyncPage
	if err := json.Unmarshal(a.data, &page); err != nil {
		c.done <- fmt.Errorf("decode sync: %w", err)
		return
	}
	c.pages++
	s.synced = page.NextSince
	more := page.More
	for _, conversation := range page.Conversations {
		more = s.takeConversation(conversation) || more
	}
	if more {
		s.askPage(c)
		return
	}
	s.mu.Lock()
	s.catching = nil
	s.mu.Unlock()
	for i := range c.queued {
		s.receive(&c.queued[i])
	}
	c.done <- nil
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
			s.receive(&entry{conversation: []byte(m.ConversationID), seq: m.Seq, clientMsgID: []byte(m.ClientMsgID)})
		}
	}
	return p.seq < c.MaxSeq
}

// startAtHead takes up every conversation where it stands, without reading what is there.
func (s *socket) startAtHead(ctx context.Context) error {
	for {
		data, err := json.Marshal(map[string]any{"since": s.synced, "limit": conversationsPerPage})
		if err != nil {
			return fmt.Errorf("encode sync: %w", err)
		}
		page := make(chan imclient.SyncPage, 1)
		failed := make(chan error, 1)
		s.request("sync", data, func(a *answer) {
			var got imclient.SyncPage
			if a.lost || a.reason != "" || json.Unmarshal(a.data, &got) != nil {
				failed <- fmt.Errorf("sync: %w: %s", errFailed, a.reason)
				return
			}
			for _, c := range got.Conversations {
				p := s.positions[c.ConversationID]
				if p == nil {
					p = &position{log: s.world.ledger.log(c.ConversationID)}
					s.positions[c.ConversationID] = p
				}
				p.seq = max(p.seq, c.MaxSeq)
				p.head = p.seq
			}
			s.synced = got.NextSince
			page <- got
		})
		select {
		case got := <-page:
			if !got.More {
				return nil
			}
		case err := <-failed:
			return err
		case <-ctx.Done():
			return fmt.Errorf("sync: %w", ctx.Err())
		}
	}
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

package fakeim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"im-backend/common/utils/wire"
)

// Post stores a message of somebody else and pushes it.
func (s *Server) Post(conversationID, text string) wire.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.append(conversationID, "8", "", text)
}

// Put stores an entry of any kind at the end of its conversation and pushes it.
func (s *Server) Put(m wire.Message) wire.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(m)
}

// append stores a text; s.mu is held.
func (s *Server) append(id, sender, clientMsgID, text string) wire.Message {
	content, _ := json.Marshal(map[string]string{"text": text}) // a string always marshals
	return s.put(wire.Message{ConversationID: id, ClientMsgID: clientMsgID, SenderID: sender, Type: "text", Content: content})
}

// put stores an entry and pushes it unless pushes are lost; s.mu is held.
func (s *Server) put(m wire.Message) wire.Message {
	id := m.ConversationID
	m.Seq, m.MessageID, m.CreatedAt = int64(len(s.logs[id])+1), strconv.Itoa(1000+len(s.changed)), 1
	s.logs[id] = append(s.logs[id], m)
	s.changed = append(s.changed, id)
	if !s.muted {
		s.broadcast("message", m)
	}
	return m
}

// LosePushes makes pushes get lost until it is called with false.
func (s *Server) LosePushes(lose bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.muted = lose
}

// Log is what a conversation holds.
func (s *Server) Log(conversationID string) []wire.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.logs[conversationID])
}

func (s *Server) history(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.logs[r.PathValue("id")]
	if len(log) == 0 {
		problem(w, http.StatusNotFound, "CONVERSATION_NOT_FOUND")
		return
	}
	limit := number(r, "limit", 50)
	from, to := max(len(log)-limit, 0), len(log)
	if r.URL.Query().Has("afterSeq") {
		from = min(number(r, "afterSeq", 0), len(log))
		to = min(from+limit, len(log))
		reply(w, http.StatusOK, map[string]any{"items": log[from:to], "hasMore": to < len(log), "nextCursor": ""})
		return
	}
	if before := number(r, "beforeSeq", 0); before > 0 {
		to = min(before-1, len(log))
		from = max(to-limit, 0)
	}
	reply(w, http.StatusOK, map[string]any{"items": log[from:to], "hasMore": from > 0, "nextCursor": ""})
}

func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

func (s *Server) getSync(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply(w, http.StatusOK, s.sync(r.URL.Query().Get("since"), number(r, "limit", 50)))
}

// sync answers up to limit conversations that changed since a token; s.mu is held.
func (s *Server) sync(since string, limit int) map[string]any {
	if s.unknown && since != "" {
		s.unknown = false
		return map[string]any{"conversations": []any{}, "nextSince": "", "more": false, "reset": true}
	}
	at, _ := strconv.Atoi(since)
	conversations := []map[string]any{}
	seen := map[string]bool{}
	for ; at < len(s.changed); at++ {
		id := s.changed[at]
		if seen[id] {
			continue
		}
		if len(conversations) == limit {
			break
		}
		seen[id] = true
		log := s.logs[id]
		from := max(len(log)-newestEntries, 0)
		conversations = append(conversations, map[string]any{
			"conversationId": id, "type": "single", "maxSeq": len(log), "minSeq": 1, "messages": log[from:], "hasMore": from > 0,
		})
	}
	return map[string]any{
		"conversations": conversations, "nextSince": strconv.Itoa(at), "more": at < len(s.changed), "reset": false,
	}
}

func (s *Server) postMessage(w http.ResponseWriter, r *http.Request) {
	var m outgoing
	_ = json.NewDecoder(r.Body).Decode(&m)
	s.mu.Lock()
	defer s.mu.Unlock()
	reply(w, http.StatusCreated, s.store(m))
}

// outgoing is the body of a send.
type outgoing struct {
	ClientMsgID, ConversationID, ToUserID, GroupID string
	Content                                        struct{ Text string }
}

// store keeps one message for each client message id; s.mu is held.
func (s *Server) store(m outgoing) map[string]any {
	stored, ok := s.sent[m.ClientMsgID]
	if !ok {
		id := m.ConversationID
		switch {
		case m.ToUserID != "":
			id = "s:" + UserID + ":" + m.ToUserID
		case m.GroupID != "":
			id = "g:" + m.GroupID
		}
		stored = s.append(id, UserID, m.ClientMsgID, m.Content.Text)
		s.sent[m.ClientMsgID] = stored
	}
	return map[string]any{
		"messageId": stored.MessageID, "conversationId": stored.ConversationID, "seq": stored.Seq, "serverTime": 1,
	}
}

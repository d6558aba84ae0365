package committer

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
)

// headCache has heads as this instance stored or read them last. A batch whose heads are all here decides by them and reads
// nothing; its write moves each head from the version it knew, or fails. So a copy needs no invalidation: one that another
// instance or a changed relation has overtaken costs a second try, under locks.
type headCache struct {
	heads *lru.Cache[string, imchat.Conversation]
}

func newHeadCache(size int) (*headCache, error) {
	heads, err := lru.New[string, imchat.Conversation](size)
	if err != nil {
		return nil, fmt.Errorf("make cache: %w", err)
	}
	return &headCache{heads: heads}, nil
}

// all answers the heads of conversations; nil when one is missing.
func (c *headCache) all(ids []string) map[string]*imchat.Conversation {
	found := make(map[string]*imchat.Conversation, len(ids))
	for _, id := range ids {
		head, ok := c.heads.Get(id)
		if !ok {
			return nil
		}
		found[id] = &head
	}
	return found
}

// keep remembers heads as a transaction left them.
func (c *headCache) keep(logs map[string]*log) {
	for id, l := range logs {
		c.heads.Add(id, *l.head)
	}
}

// heads answers the conversations of a batch: those that are known, as copies, for the batch may be filled again, or those
// that are stored, locked.
func (b *batch) heads(tx *store.Tx) (map[string]*imchat.Conversation, error) {
	if b.known == nil {
		return tx.LockConversations(b.ids)
	}
	heads := make(map[string]*imchat.Conversation, len(b.known))
	for id, head := range b.known {
		copied := *head
		heads[id] = &copied
	}
	return heads, nil
}

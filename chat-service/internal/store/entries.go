package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// Entries answers up to limit entries of a range of seqs, both ends included, ascending: the first ones, or the last ones
// when newest is set.
func (s *Store) Entries(ctx context.Context, conversationID string, from, to int64, limit int, newest bool) ([]*logpb.Entry, error) {
	return s.entries(s.db.WithContext(ctx), conversationID, from, to, limit, newest)
}

// Place names one entry.
type Place struct {
	ConversationID string
	Seq            int64
}

// EntriesAt answers single entries of many conversations in one round trip.
func (s *Store) EntriesAt(ctx context.Context, places []Place) (map[Place]*logpb.Entry, error) {
	if len(places) == 0 {
		return map[Place]*logpb.Entry{}, nil
	}
	pairs := make([][]any, len(places))
	for i, p := range places {
		pairs[i] = []any{p.ConversationID, p.Seq}
	}
	var rows []*imchat.Message
	if err := s.db.WithContext(ctx).Where("(conversation_id, seq) IN ?", pairs).Find(&rows).Error; err != nil {
		return nil, failed("read last entries", err)
	}
	found := make(map[Place]*logpb.Entry, len(rows))
	for _, m := range rows {
		found[Place{m.ConversationID, m.Seq}] = Entry(m)
	}
	return found, nil
}

// Relation is friendship and blocks of the two users of a single conversation.
type Relation struct {
	Friends, BlockedByLow, BlockedByHigh bool
	Version                              int64
}

// SetRelation projects a relation; an older version than the stored one changes nothing.
func (s *Store) SetRelation(ctx context.Context, conversationID string, r Relation, now int64) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&imchat.Conversation{
			ID: conversationID, Type: string(rune(model.Single)), UpdatedAt: now,
		}).Error
		if err != nil {
			return err
		}
		return tx.Model(&imchat.Conversation{}).
			Where("id = ? AND relation_version < ?", conversationID, r.Version).
			Updates(map[string]any{
				"friends": r.Friends, "blocked_by_low": r.BlockedByLow, "blocked_by_high": r.BlockedByHigh,
				"relation_version": r.Version, "version": gorm.Expr("version + 1"),
			}).Error
	})
	if err != nil {
		return failed("set relation", err)
	}
	return nil
}

// FriendsAmong answers those of some users who are friends of a user and whom no block parts from it, in no order.
func (s *Store) FriendsAmong(ctx context.Context, user model.UserID, others []model.UserID) ([]model.UserID, error) {
	byID := make(map[string]model.UserID, len(others))
	for _, other := range others {
		byID[string(model.SingleID(user, other))] = other
	}
	var friends []model.UserID
	for some := range slices.Chunk(slices.Collect(maps.Keys(byID)), atATime) {
		var ids []string
		err := s.db.WithContext(ctx).Model(&imchat.Conversation{}).
			Where("id IN ? AND friends = ? AND blocked_by_low = ? AND blocked_by_high = ?", some, true, false, false).
			Pluck("id", &ids).Error
		if err != nil {
			return nil, failed("read friends", err)
		}
		for _, id := range ids {
			friends = append(friends, byID[id])
		}
	}
	return friends, nil
}

// OutboxRow is a commit whose entries Kafka may not have.
type OutboxRow struct {
	ID        int64
	Ranges    []Range
	CreatedAt int64 // unix milliseconds
}

// OldOutbox answers a page of the commits that stand in the outbox since before a time, in order of id from afterID on.
func (s *Store) OldOutbox(ctx context.Context, before, afterID int64, limit int) ([]OutboxRow, error) {
	var rows []imchat.Outbox
	if err := s.db.WithContext(ctx).Where("created_at < ? AND id > ?", before, afterID).
		Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, failed("read outbox", err)
	}
	out := make([]OutboxRow, len(rows))
	for i, r := range rows {
		out[i].ID, out[i].CreatedAt = r.ID, r.CreatedAt
		if err := json.Unmarshal(r.Ranges, &out[i].Ranges); err != nil {
			return nil, errors.Join(fmt.Errorf("read outbox row %d", r.ID), err)
		}
	}
	return out, nil
}

// DeleteOutbox forgets commits that Kafka has.
func (s *Store) DeleteOutbox(ctx context.Context, ids []int64) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Where("id IN ?", ids).Delete(&imchat.Outbox{}).Error
	})
	if err != nil {
		return failed("delete outbox", err)
	}
	return nil
}

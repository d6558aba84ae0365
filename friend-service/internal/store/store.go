// Package store keeps friend requests, friendships and blocks in the service's database. It knows the tables and no rules;
// package friendship calls it.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/outbox"
)

const timeout = 2 * time.Second // of one read or transaction

// Store is the database of friend-service. It is safe for concurrent use.
type Store struct {
	db *dbx.DB
}

// New makes a store on an open database, which the caller closes.
func New(db *dbx.DB) *Store { return &Store{db: db} }

// Relation is how two users stand to each other.
type Relation struct {
	Friends                     bool
	BlockedByLow, BlockedByHigh bool
}

// Pair is two users under their lock. It is valid inside the function that it is given to.
type Pair struct {
	Low, High model.UserID // the smaller and the larger id
	At        time.Time    // the time of every change made through it
	relation  Relation
	db        *dbx.DB
	tx        *gorm.DB
	items     []outbox.Item
}

// Change runs fn under the lock of a pair, in one transaction together with what fn does through the Pair, and commits when fn
// returns nil. fn may run several times and must have no other effect.
func (s *Store) Change(ctx context.Context, a, b model.UserID, at time.Time, fn func(p *Pair) error) error {
	_, err := s.change(ctx, newPair(a, b, at), true, fn)
	return err
}

// ChangeKnown is Change for a pair that has a history; without one there is nothing to change, fn does not run and known is
// false. So users who name strangers leave no rows.
func (s *Store) ChangeKnown(ctx context.Context, a, b model.UserID, at time.Time, fn func(p *Pair) error) (known bool, err error) {
	return s.change(ctx, newPair(a, b, at), false, fn)
}

func newPair(a, b model.UserID, at time.Time) Pair {
	return Pair{Low: min(a, b), High: max(a, b), At: at}
}

func (s *Store) change(ctx context.Context, blank Pair, create bool, fn func(p *Pair) error) (known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		p := blank
		p.db, p.tx = s.db, tx
		if known, err = p.lock(create); err != nil || !known {
			return err
		}
		before := p.relation
		if err := fn(&p); err != nil {
			return err
		}
		return p.save(before)
	})
	return known, dbx.Typed(err)
}

// lock takes the pair's row lock and loads the relation.
func (p *Pair) lock(create bool) (found bool, err error) {
	if create {
		row := imfriend.PairRelation{LowID: int64(p.Low), HighID: int64(p.High), UpdatedAt: p.At.UnixMilli()}
		if err := p.tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return false, fmt.Errorf("add pair: %w", err)
		}
	}
	var row imfriend.PairRelation
	err = p.db.ForUpdate(p.tx).Where("low_id = ? AND high_id = ?", p.Low, p.High).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock pair: %w", err)
	}
	p.relation = Relation{Friends: row.Friends, BlockedByLow: row.BlockedByLow, BlockedByHigh: row.BlockedByHigh}
	return true, nil
}

// save writes the relation, when it changed, and what has to be told: the relation first, so that who learns of a friendship
// may write at once.
func (p *Pair) save(before Relation) error {
	if p.relation != before {
		r := p.relation
		err := p.tx.Model(&imfriend.PairRelation{}).Where("low_id = ? AND high_id = ?", p.Low, p.High).
			Updates(map[string]any{
				"friends": r.Friends, "blocked_by_low": r.BlockedByLow, "blocked_by_high": r.BlockedByHigh,
				"updated_at": p.At.UnixMilli(),
			}).Error
		if err != nil {
			return fmt.Errorf("save relation: %w", err)
		}
		p.items = append([]outbox.Item{outbox.Relation{
			Low: p.Low, High: p.High, Friends: r.Friends, BlockedByLow: r.BlockedByLow, BlockedByHigh: r.BlockedByHigh,
		}}, p.items...)
	}
	return outbox.Put(p.tx, p.Conversation(), p.At, p.items...)
}

// Conversation is the pair's single conversation, which is also the aggregate of its outbox rows.
func (p *Pair) Conversation() model.ConversationID { return model.SingleID(p.Low, p.High) }

// Peer is the other user.
func (p *Pair) Peer(user model.UserID) model.UserID {
	if user == p.Low {
		return p.High
	}
	return p.Low
}

// Friends reports whether the two are friends.
func (p *Pair) Friends() bool { return p.relation.Friends }

// BlockedBy reports whether user blocks the other.
func (p *Pair) BlockedBy(user model.UserID) bool {
	if user == p.Low {
		return p.relation.BlockedByLow
	}
	return p.relation.BlockedByHigh
}

// Tell has an entry appended to a log after the commit.
func (p *Pair) Tell(conversation model.ConversationID, content any) {
	p.items = append(p.items, outbox.Entry{Conversation: conversation, Content: content})
}

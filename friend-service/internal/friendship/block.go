package friendship

import (
	"context"
	"errors"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/versioned"
	"im-backend/friend-service/internal/store"
)

// Block refuses everything of another user from the answer on: it answers when chat-service knows it. A friendship stays,
// pending requests between the two are closed without a word. Repeating it is no error. Errors: INVALID_ARGUMENT,
// USER_NOT_FOUND, BLOCK_LIMIT_REACHED, UNAVAILABLE: the block is committed and will follow.
func (f *Friendships) Block(ctx context.Context, user, blocked model.UserID) error {
	if blocked <= 0 || blocked == user {
		return errs.InvalidField("userId", "must be another user")
	}
	err := f.mustExist(ctx, blocked)
	if errors.Is(err, errs.ErrUserNotFound) {
		return f.blockAgain(ctx, user, blocked)
	}
	if err != nil {
		return err
	}
	err = f.store.Change(ctx, user, blocked, f.now(), func(p *store.Pair) error {
		if p.BlockedBy(user) {
			return nil
		}
		if err := f.block(p, user); err != nil {
			return err
		}
		if err := closeFrom(p, user, store.Cancelled); err != nil {
			return err
		}
		return closeFrom(p, blocked, store.Rejected)
	})
	if err != nil {
		return fmt.Errorf("block user: %w", err)
	}
	return f.Flush(ctx, user, blocked)
}

// blockAgain repeats a block of a user who does not exist any more. Errors: USER_NOT_FOUND when there is none, UNAVAILABLE.
func (f *Friendships) blockAgain(ctx context.Context, user, blocked model.UserID) error {
	stands := false
	_, err := f.store.ChangeKnown(ctx, user, blocked, f.now(), func(p *store.Pair) error {
		stands = p.BlockedBy(user)
		return nil
	})
	if err == nil && !stands {
		err = errs.ErrUserNotFound
	}
	if err != nil {
		return fmt.Errorf("block user: %w", err)
	}
	return f.Flush(ctx, user, blocked)
}

func (f *Friendships) block(p *store.Pair, user model.UserID) error {
	if err := lockLists(p, user); err != nil {
		return err
	}
	if err := under(f.config.MaxBlocks, errs.ErrBlockLimitReached, p.CountBlocks, user); err != nil {
		return err
	}
	return p.Block(user)
}

// closeFrom closes the pending request of one of the two, if there is one.
func closeFrom(p *store.Pair, from model.UserID, outcome store.Status) error {
	r, found, err := pendingFrom(p, from)
	if err == nil && found {
		_, err = p.CloseRequest(r, outcome)
	}
	return err
}

// Unblock takes a block back; there being none is no error. It answers when chat-service knows it. Errors: UNAVAILABLE.
func (f *Friendships) Unblock(ctx context.Context, user, blocked model.UserID) error {
	known, err := f.store.ChangeKnown(ctx, user, blocked, f.now(), func(p *store.Pair) error {
		if !p.BlockedBy(user) {
			return nil
		}
		return p.Unblock(user)
	})
	if err != nil {
		return fmt.Errorf("unblock user: %w", err)
	}
	if !known {
		return nil
	}
	return f.Flush(ctx, user, blocked)
}

// maxBlockers is of how many users one call may ask whether they block somebody.
const maxBlockers = 1000

// Blockers answers who of some users blocks a user, as it is now. Errors: INVALID_ARGUMENT, UNAVAILABLE.
func (f *Friendships) Blockers(ctx context.Context, user model.UserID, by []int64) ([]int64, error) {
	if len(by) > maxBlockers {
		return nil, errs.InvalidField("byUserIds", "must be at most 1000")
	}
	if len(by) == 0 {
		return nil, nil
	}
	return f.store.Blockers(ctx, user, by)
}

// blockPosition is the last block of a page.
type blockPosition struct {
	User model.UserID `json:"user"`
	At   int64        `json:"at"`
}

// Blocks lists whom a user blocks, the newest first, and answers the cursor of the next page. Errors: INVALID_ARGUMENT.
func (f *Friendships) Blocks(ctx context.Context, user model.UserID, asked int32, cursor string) ([]store.Block, string, error) {
	limit, err := page.Limit(asked)
	if err != nil {
		return nil, "", err
	}
	var at blockPosition
	if err := page.Parse(cursor, &at); err != nil {
		return nil, "", err
	}
	read := func(ctx context.Context) (blockPage, error) { return f.readBlocks(ctx, user, at, limit) }
	var got blockPage
	if cursor != "" {
		got, err = read(ctx)
		return got.Blocks, got.NextCursor, err
	}
	versions, err := f.store.Versions(ctx, user)
	if err != nil {
		return nil, "", err
	}
	got, err = versioned.Load(ctx, f.cache, rediskey.Blocks(user), versioned.Page(versions.Blocks, limit), read)
	return got.Blocks, got.NextCursor, err
}

// blockPage is a page of blocks.
type blockPage struct {
	Blocks     []store.Block
	NextCursor string
}

func (f *Friendships) readBlocks(ctx context.Context, user model.UserID, at blockPosition, limit int) (blockPage, error) {
	blocks, err := f.store.Blocks(ctx, user, store.Block{User: at.User, CreatedAt: at.At}, limit+1)
	if err != nil || len(blocks) <= limit {
		return blockPage{Blocks: blocks}, err
	}
	last := blocks[limit-1]
	return blockPage{Blocks: blocks[:limit], NextCursor: page.Cursor(blockPosition{User: last.User, At: last.CreatedAt})}, nil
}

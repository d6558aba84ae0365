package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// Friend is one user's side of a friendship; CreatedAt is unix milliseconds.
type Friend struct {
	User      model.UserID
	Remark    string
	Starred   bool
	Tags      []string
	CreatedAt int64
	Deleted   bool // no longer friends
}

func friendOf(row imfriend.Friendship) (Friend, error) {
	f := Friend{
		User: model.UserID(row.FriendID), Remark: row.Remark, Starred: row.Starred,
		CreatedAt: row.CreatedAt, Deleted: row.DeletedAt != 0,
	}
	if err := json.Unmarshal([]byte(row.Tags), &f.Tags); err != nil {
		return Friend{}, fmt.Errorf("read tags: %w", err)
	}
	return f, nil
}

// Friends lists a user's friends by id, from the one after a given id on. With a version above zero it lists what changed
// after that version, ended friendships included.
func (s *Store) Friends(ctx context.Context, user model.UserID, since int64, after model.UserID, limit int) ([]Friend, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Where("user_id = ? AND friend_id > ?", user, after).Order("friend_id").Limit(limit)
	if since > 0 {
		query = query.Where("version > ?", since)
	} else {
		query = query.Where("deleted_at = 0")
	}
	var rows []imfriend.Friendship
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list friends: %w", err))
	}
	friends := make([]Friend, 0, len(rows))
	for _, row := range rows {
		f, err := friendOf(row)
		if err != nil {
			return nil, err
		}
		friends = append(friends, f)
	}
	return friends, nil
}

// Befriend makes the two friends. remarks are what each calls the other, where that is known already.
func (p *Pair) Befriend(remarks map[model.UserID]string) error {
	p.relation.Friends = true
	for _, user := range []model.UserID{p.Low, p.High} { // list versions are locked in the order of ids
		version, err := p.nextVersion(user)
		if err != nil {
			return err
		}
		row := imfriend.Friendship{
			UserID: int64(user), FriendID: int64(p.Peer(user)), Remark: remarks[user], Tags: "[]",
			Version: version, CreatedAt: p.At.UnixMilli(),
		}
		if err := p.tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("add friendship: %w", err)
		}
	}
	return nil
}

// Unfriend ends the friendship on both sides and leaves tombstones.
func (p *Pair) Unfriend() error {
	p.relation.Friends = false
	for _, user := range []model.UserID{p.Low, p.High} {
		version, err := p.nextVersion(user)
		if err != nil {
			return err
		}
		err = p.tx.Model(&imfriend.Friendship{}).Where("user_id = ? AND friend_id = ?", user, p.Peer(user)).
			Updates(map[string]any{
				"remark": "", "starred": false, "tags": "[]", "version": version, "deleted_at": p.At.UnixMilli(),
			}).Error
		if err != nil {
			return fmt.Errorf("end friendship: %w", err)
		}
	}
	return nil
}

// Friend reads user's side of the friendship.
func (p *Pair) Friend(user model.UserID) (Friend, error) {
	var row imfriend.Friendship
	err := p.tx.Where("user_id = ? AND friend_id = ?", user, p.Peer(user)).Take(&row).Error
	if err != nil {
		return Friend{}, fmt.Errorf("read friendship: %w", err)
	}
	return friendOf(row)
}

// SaveFriend writes user's notes about the other.
func (p *Pair) SaveFriend(user model.UserID, f Friend) error {
	tags, err := tagsText(f.Tags)
	if err != nil {
		return fmt.Errorf("save friendship: %w", err)
	}
	version, err := p.nextVersion(user)
	if err != nil {
		return err
	}
	err = p.tx.Model(&imfriend.Friendship{}).Where("user_id = ? AND friend_id = ?", user, p.Peer(user)).
		Updates(map[string]any{"remark": f.Remark, "starred": f.Starred, "tags": tags, "version": version}).Error
	if err != nil {
		return fmt.Errorf("save friendship: %w", err)
	}
	return nil
}

// tagsText is the JSON array of tags. What HTML would need escaped stays one character, so that what fits the column is a matter
// of characters.
func tagsText(tags []string) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(append([]string{}, tags...)); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// CountFriends counts the friends of one of the two. Lock the user's lists first.
func (p *Pair) CountFriends(user model.UserID) (int64, error) {
	var n int64
	err := p.tx.Model(&imfriend.Friendship{}).Where("user_id = ? AND deleted_at = 0", user).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count friends: %w", err)
	}
	return n, nil
}

package store

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
)

// List implements session.Store.
func (s *Store) List(ctx context.Context, user model.UserID) ([]session.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	members, err := s.redis.SMembers(ctx, rediskey.Sessions(user)).Result()
	if err != nil {
		return nil, unavailable("list sessions", err)
	}
	reads := make([]*redis.SliceCmd, 0, len(members))
	_, err = s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range members {
			reads = append(reads, p.HMGet(ctx, rediskey.Session(user, number(id)),
				fieldDevice, fieldPlatform, fieldName, fieldIP, fieldCreated, fieldSeen))
		}
		return nil
	})
	if err != nil {
		return nil, unavailable("list sessions", err)
	}
	list := make([]session.Session, 0, len(reads))
	for i, read := range reads {
		v := texts(read.Val())
		if v[0] == "" {
			continue // its life ran out
		}
		list = append(list, session.Session{
			ID: number(members[i]), User: user, Device: session.Device{ID: v[0], Platform: v[1], Name: v[2]}, IP: v[3],
			CreatedAt: number(v[4]), LastSeenAt: number(v[5]),
		})
	}
	return list, nil
}

// chunk bounds one pipeline, so that a gateway that asks for all its connections holds up nobody.
const chunk = 500

// Alive implements session.Store.
func (s *Store) Alive(ctx context.Context, asked []token.Identity, seenBy int64) (alive []int64, stale []token.Identity, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	alive = make([]int64, 0, len(asked))
	for part := range slices.Chunk(asked, chunk) {
		found := make([]*redis.StringCmd, 0, len(part))
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, id := range part {
				found = append(found, p.HGet(ctx, rediskey.Session(id.User, id.Session), fieldSeen))
			}
			return nil
		})
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, nil, unavailable("check sessions", err)
		}
		for i, id := range part {
			switch seen, err := found[i].Result(); {
			case errors.Is(err, redis.Nil):
			case err != nil:
				return nil, nil, unavailable("check sessions", err)
			default:
				alive = append(alive, id.Session)
				if number(seen) <= seenBy {
					stale = append(stale, id)
				}
			}
		}
	}
	return alive, stale, nil
}

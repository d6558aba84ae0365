package store

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/token"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
)

// Fields of a session's hash; the scripts name them too.
const (
	fieldDevice   = "device"
	fieldPlatform = "platform"
	fieldName     = "name"
	fieldIP       = "ip"
	fieldCreated  = "created" // unix milliseconds
	fieldSeen     = "seen"    // unix milliseconds
	fieldSecret   = "secret"  // of the refresh tokens' lineage
	fieldCurrent  = "current" // hash of the refresh token; previous and rotated are written by rotate.lua
)

var (
	//go:embed lua/create.lua
	createText string
	//go:embed lua/rotate.lua
	rotateText string
	//go:embed lua/touch.lua
	touchText string
	//go:embed lua/end.lua
	endText string
	//go:embed lua/end_others.lua
	endOthersText string

	createScript    = redis.NewScript(createText)
	rotateScript    = redis.NewScript(rotateText)
	touchScript     = redis.NewScript(touchText)
	endScript       = redis.NewScript(endText)
	endOthersScript = redis.NewScript(endOthersText)
)

// outdated is what create.lua answers to a login with a password that was changed meanwhile.
const outdated = -1

// guard is how long a change of the password is kept in mind: longer than any login takes.
const guard = 10 * time.Minute

// Create implements session.Store.
func (s *Store) Create(
	ctx context.Context, n session.Session, l session.Lineage, q session.Quota, lifetime time.Duration, passwordVersion int64,
) ([]int64, error) {
	keys := []string{rediskey.Sessions(n.User), rediskey.Session(n.User, n.ID), rediskey.PasswordVersion(n.User)}
	answer, err := s.run(ctx, "create session", createScript, keys,
		rediskey.SessionPrefix(n.User), n.ID, lifetime.Milliseconds(), q.Platform, q.Total, n.Device.Platform, n.Device.ID, passwordVersion,
		fieldDevice, n.Device.ID, fieldPlatform, n.Device.Platform, fieldName, n.Device.Name, fieldIP, n.IP,
		fieldCreated, n.CreatedAt, fieldSeen, n.LastSeenAt,
		fieldSecret, base64.RawStdEncoding.EncodeToString(l.Secret), fieldCurrent, l.Current,
	)
	if answer == int64(outdated) {
		return nil, errs.ErrInvalidCredentials
	}
	return ids(answer), err
}

// Secret implements session.Store.
func (s *Store) Secret(ctx context.Context, user model.UserID, id int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := s.redis.HGet(ctx, rediskey.Session(user, id), fieldSecret).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("read session", err)
	}
	secret, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, unavailable("read session", err)
	}
	return secret, nil
}

// Rotate implements session.Store.
func (s *Store) Rotate(ctx context.Context, r session.Rotation) (session.Result, error) {
	answer, err := s.run(ctx, "rotate refresh token", rotateScript, keysOf(r.User, r.Session),
		r.Session, r.Presented, r.Successor, r.Now, r.Grace.Milliseconds(), r.Lifetime.Milliseconds(), r.IP)
	if err != nil {
		return session.Result{}, err
	}
	got := texts(answer)
	switch len(got) {
	case 1:
		return session.Result{Outcome: session.Outcome(got[0])}, nil
	case 5:
		return session.Result{
			Outcome: session.Outcome(got[0]), RotatedAt: number(got[1]), ExpiresAt: number(got[2]),
			Identity: token.Identity{User: r.User, Session: r.Session, DeviceID: got[3], Platform: got[4]},
		}, nil
	}
	return session.Result{}, unavailable("rotate refresh token", errAnswer)
}

// errAnswer is returned when Redis answers what the scripts do not.
var errAnswer = errors.New("unexpected answer")

// Touch implements session.Store.
func (s *Store) Touch(ctx context.Context, id token.Identity, ip string, now int64, every time.Duration) (bool, error) {
	answer, err := s.run(ctx, "touch session", touchScript, keysOf(id.User, id.Session)[:1], id.DeviceID, now, every.Milliseconds(), ip)
	return answer == int64(1), err
}

// End implements session.Store.
func (s *Store) End(ctx context.Context, user model.UserID, id int64) (bool, error) {
	answer, err := s.run(ctx, "end session", endScript, keysOf(user, id), id)
	return answer == int64(1), err
}

// EndOthers implements session.Store.
func (s *Store) EndOthers(ctx context.Context, user model.UserID, keep, passwordVersion int64) ([]int64, error) {
	keys := []string{rediskey.Sessions(user), rediskey.PasswordVersion(user)}
	answer, err := s.run(ctx, "end sessions", endOthersScript, keys,
		rediskey.SessionPrefix(user), strconv.FormatInt(keep, 10), passwordVersion, guard.Milliseconds())
	return ids(answer), err
}
